package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** How many tokens a vendor takes for a picture; the rules are the vendors' own, named in docs/explanation/counting-tokens.md. */
sealed interface ImageRule {
    /** @param detail auto, low, high; null when not said, which is auto, which is high */
    long tokens(ImageSize size, @Nullable String detail);

    /** As {@code tokenizers.json} writes it: {@code {rule, ...}}. */
    static ImageRule of(JsonNode said) {
        String rule = said.path("rule").asText();
        return switch (rule) {
            case "tiles" ->
                new Tiles(said.path("base").asLong(), said.path("tile").asLong());
            case "patches" ->
                new Patches(
                        said.path("side").asInt(),
                        said.path("edge").asInt(Integer.MAX_VALUE),
                        said.path("most").asInt(),
                        said.path("times").asDouble(1));
            case "crops" -> new Crops(said.path("crop").asLong());
            case "fixed" -> new Fixed(said.path("tokens").asLong());
            default -> throw new IllegalArgumentException("No rule for pictures is called '" + rule + "'");
        };
    }

    private static boolean low(@Nullable String detail) {
        return "low".equals(detail);
    }

    private static int up(double whole, double part) {
        return (int) Math.ceil(whole / part - 1e-9); // 1536.0000000002 pixels are 1536
    }

    /**
     * OpenAI's older models: made to fit 2,048 by 2,048, then to 768 on the short side, and cut into squares of 512.
     *
     * @param base tokens, and all there is with low detail
     * @param tile tokens of a square
     */
    record Tiles(long base, long tile) implements ImageRule {
        private static final double LONG = 2048;
        private static final double SHORT = 768;
        private static final double TILE = 512;

        @Override
        public long tokens(ImageSize size, @Nullable String detail) {
            if (low(detail)) {
                return base;
            }
            double scale = Math.min(1, LONG / Math.max(size.width(), size.height()));
            scale = Math.min(scale, SHORT / Math.min(size.width(), size.height()));
            return base + tile * up(size.width() * scale, TILE) * up(size.height() * scale, TILE);
        }
    }

    /**
     * A token for a square: OpenAI's newer small models (32 pixels) and Anthropic (28).
     *
     * @param side pixels
     * @param edge pixels of a side of the picture at most
     * @param most squares; a larger picture is made smaller
     * @param times tokens for a square
     */
    record Patches(int side, int edge, int most, double times) implements ImageRule {
        private static final int LOW_EDGE = 512;

        @Override
        public long tokens(ImageSize size, @Nullable String detail) {
            double scale =
                    Math.min(1, (double) (low(detail) ? LOW_EDGE : edge) / Math.max(size.width(), size.height()));
            double width = size.width() * scale;
            double height = size.height() * scale;
            if ((long) up(width, side) * up(height, side) > most) {
                double shrink = Math.sqrt((double) side * side * most / (width * height));
                double across = width * shrink / side;
                double down = height * shrink / side;
                shrink *= Math.min(Math.max(1, Math.floor(across)) / across, Math.max(1, Math.floor(down)) / down);
                width *= Math.min(1, shrink);
                height *= Math.min(1, shrink);
            }
            return up(Math.min(most, (long) up(width, side) * up(height, side)) * times, 1);
        }
    }

    /**
     * Gemini before 3: small pictures count once, larger ones are cut into crops.
     *
     * @param crop tokens
     */
    record Crops(long crop) implements ImageRule {
        private static final int SMALL = 384;

        @Override
        public long tokens(ImageSize size, @Nullable String detail) {
            if (size.width() <= SMALL && size.height() <= SMALL) {
                return crop;
            }
            double unit = Math.max(1, Math.floor(Math.min(size.width(), size.height()) / 1.5));
            return crop * up(size.width(), unit) * up(size.height(), unit);
        }
    }

    /** Whatever its size. */
    record Fixed(long tokens) implements ImageRule {
        @Override
        public long tokens(ImageSize size, @Nullable String detail) {
            return tokens;
        }
    }
}
