package smelt.tokenizer.jinja;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Cases that {@code check/oracles/templates.py} wrote: what Jinja2 made of a template. */
final class Goldens {
    /** The date of the oracle. */
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-07-04T15:06:07Z"), ZoneOffset.UTC);

    private Goldens() {}

    static List<Map<String, Object>> parse(String json) {
        return JsonMapper.shared().readValue(json, new TypeReference<>() {});
    }

    static List<Map<String, Object>> read(Path path) throws IOException {
        return parse(Files.readString(path));
    }

    /** A render to compare with a golden one. */
    interface Render {
        String render();
    }

    /** What is wrong with our result, or null where it equals the golden one. */
    static @Nullable String difference(Map<String, Object> golden, Render render) {
        Object wanted = golden.get("text");
        Object refused = golden.get("refused");
        try {
            String text = render.render();
            if (wanted == null) {
                return "rendered, but Jinja2 fails with " + (refused == null ? golden.get("error") : refused);
            }
            return text.equals(wanted) ? null : differing(text, (String) wanted);
        } catch (Failure failure) {
            boolean expected = refused != null
                    ? failure.code() == FailureCode.TEMPLATE_REFUSED
                            && failure.what().equals(refused)
                    : wanted == null && failure.code() != FailureCode.TEMPLATE_REFUSED;
            return expected ? null : "failed with " + failure + ", wanted " + golden.getOrDefault("refused", wanted);
        }
    }

    private static String differing(String text, String wanted) {
        int at = 0;
        while (at < text.length() && at < wanted.length() && text.charAt(at) == wanted.charAt(at)) {
            at++;
        }
        return "differs at " + at + ": got '" + around(text, at) + "', wanted '" + around(wanted, at) + "'";
    }

    private static String around(String text, int at) {
        return text.substring(Math.max(0, at - 40), Math.min(text.length(), at + 60));
    }

    @SuppressWarnings("unchecked")
    static <T> T field(Map<String, Object> golden, String name) {
        return (T) Objects.requireNonNull(golden.get(name), name);
    }

    /** Every difference between the golden results and ours, for the templates in {@code folder}. */
    @SuppressWarnings("unchecked")
    static List<String> compareReal(Path folder, List<Map<String, Object>> goldens) throws IOException {
        List<String> differences = new ArrayList<>();
        for (Map<String, Object> golden : goldens) {
            String source = Files.readString(folder.resolve(Goldens.<String>field(golden, "template")));
            List<Map<String, Object>> messages = field(golden, "messages");
            List<Map<String, Object>> tools = (List<Map<String, Object>>) golden.get("tools");
            boolean prompt = Goldens.<Boolean>field(golden, "prompt");
            Map<String, Object> extra = field(golden, "extra");
            String difference = difference(
                    golden,
                    () -> new ChatTemplate(source, "<s>", "</s>", CLOCK).render(messages, tools, prompt, extra));
            if (difference != null) {
                differences.add(golden.get("template") + " / " + golden.get("chat") + ": " + difference);
            }
        }
        return differences;
    }

    /** Every difference for small templates that carry their own variables. */
    static List<String> compareOwn(List<Map<String, Object>> goldens) {
        List<String> differences = new ArrayList<>();
        for (Map<String, Object> golden : goldens) {
            String source = field(golden, "template");
            Map<String, Object> variables = field(golden, "variables");
            String difference = difference(
                    golden, () -> Template.parse(source).render(variables, Template.Limits.defaults(), CLOCK));
            if (difference != null) {
                differences.add(golden.get("name") + ": " + difference);
            }
        }
        return differences;
    }
}
