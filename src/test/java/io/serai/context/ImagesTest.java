package io.serai.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes as the data says, and tokens as the vendors' own examples do. */
class ImagesTest {
    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "jpeg"})
    void theSizeIsReadFromTheHead(String format) throws Exception {
        assertThat(ImageSize.in(Arrays.copyOf(picture(format, 321, 123), 2000))).isEqualTo(new ImageSize(321, 123));
    }

    @ParameterizedTest
    @CsvSource({
        // lossy, lossless and extended; the first bytes of files of 64 by 48
        "52494646 00000000 57454250 56503820 10000000 500000 9d012a 4000 3000",
        "52494646 00000000 57454250 5650384c 10000000 2f 3fc00b00",
        "52494646 00000000 57454250 56503858 0a000000 00000000 3f0000 2f0000"
    })
    void aWebpSaysItInThreeWays(String hex) {
        assertThat(ImageSize.in(HexFormat.of().parseHex(hex.replace(" ", "")))).isEqualTo(new ImageSize(64, 48));
    }

    @Test
    void aJpegsSizeStandsBehindItsMetadata() throws Exception {
        byte[] plain = picture("jpeg", 321, 123);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(plain, 0, 2);
        for (int i = 0; i < 4; i++) { // a preview of 240 KB
            out.write(new byte[] {(byte) 0xff, (byte) 0xe1, (byte) 0xea, 0x60});
            out.write(new byte[60_000 - 2]);
        }
        out.write(plain, 2, plain.length - 2);

        assertThat(ImageSize.of(url("jpeg", out.toByteArray()))).isEqualTo(new ImageSize(321, 123));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/a.png",
                "data:image/png;base64,????",
                "data:image/png;base64,",
                "data:,x",
                ""
            })
    void whatCannotBeReadIsAssumed(String url) {
        assertThat(ImageSize.of(TextNode.valueOf(url))).isEqualTo(ImageSize.ASSUMED);
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, 1024, 1024, high, 765", // https://platform.openai.com/docs/guides/images-vision#calculating-costs
        "gpt-4o, 2048, 4096, high, 1105",
        "gpt-4o, 4096, 8192, low, 85",
        "gpt-5, 1024, 1024, auto, 630",
        "o1, 1024, 1024, , 675",
        "gpt-4.1-mini, 1024, 1024, , 1659", // 1,024 and 1,452 squares, times 1.62
        "gpt-4.1-mini, 1800, 2400, , 2353",
        "gpt-4.1-mini, 4000, 1474, , 2348", // OpenAI's calculator; 2,488 were billed:
        // https://community.openai.com/t/1281361
        "claude-sonnet-4-6, 200, 200, , 64", // https://platform.claude.com/docs/en/build-with-claude/vision
        "claude-sonnet-4-6, 1092, 1092, , 1521",
        "gemini-2.5-flash, 384, 384, , 258", // https://ai.google.dev/gemini-api/docs/image-understanding
        "gemini-2.5-flash, 960, 540, , 1548",
        "gemini-3-flash-preview, 960, 540, , 1120"
    })
    void aPictureCountsByItsVendorsRule(String model, int width, int height, String detail, long tokens) {
        ImageRule rule = new Tokenizers().named(model).profile().image();

        assertThat(rule.tokens(new ImageSize(width, height), detail)).isEqualTo(tokens);
    }

    /** Measured with Anthropic's own counting: https://www.claudecodecamp.com/p/images-cost-3x-more-tokens-in-claude-opus-4-7. */
    @Test
    void aLargePictureIsMadeSmallerFirst() {
        ImageRule rule = new Tokenizers().named("claude-opus-4-6").profile().image();

        assertThat(rule.tokens(new ImageSize(2576, 1449), null)).isBetween(1500L, 1568L);
    }

    private static byte[] picture(String format, int width, int height) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, out);
        return out.toByteArray();
    }

    private static TextNode url(String format, byte[] data) {
        return TextNode.valueOf(
                "data:image/" + format + ";base64," + Base64.getEncoder().encodeToString(data));
    }
}
