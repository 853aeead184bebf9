package io.serai.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page at the broker's address, with what no configuration in use can put on it. */
final class RootPageTest {
    private static final String EVIL = "<script>alert('1')</script>\"&";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyTextIsEscaped() {
        ObjectNode providers = JSON.createObjectNode();
        providers
                .putObject(EVIL)
                .putArray("instances")
                .addObject()
                .put("id", EVIL)
                .put("state", EVIL);
        String page = RootPage.of(EVIL, providers, List.of(EVIL), List.of(EVIL));
        assertThat(page).doesNotContain("<script", "alert('").contains("&lt;script&gt;alert(&#39;1&#39;)");
    }

    @Test
    void theStyleIsTheOneThatTheHeaderLetsThrough() throws Exception {
        String page = RootPage.of("ok", JSON.createObjectNode(), List.of(), List.of());
        String style = page.substring(page.indexOf("<style>") + "<style>".length(), page.indexOf("</style>"));
        String hash = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(style.getBytes("UTF-8")));
        assertThat(RootPage.HEADERS.get("content-security-policy")).contains("'sha256-" + hash + "'");
    }

    @Test
    void keysInDifferentStatesAreShownApart() {
        ObjectNode providers = JSON.createObjectNode();
        var instances = providers.putObject("acme").putArray("instances");
        instances.addObject().put("id", "acme-0").put("state", "ok");
        instances.addObject().put("id", "acme-1").put("state", "stopped");
        assertThat(RootPage.of("ok", providers, List.of("r1", "r2"), List.of()))
                .contains("<td>acme-0 ok, acme-1 stopped</td>", "<p>r1, r2</p>", "<p>None.</p>");
    }
}
