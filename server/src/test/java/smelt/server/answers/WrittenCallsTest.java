package smelt.server.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.Failure;
import smelt.engine.constraint.Constraint;
import smelt.engine.constraint.Constraints;
import smelt.engine.constraint.Cursor;
import smelt.engine.sampling.TokenSet;
import smelt.server.RunningServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Guards server/: whatever a model is let write as calls is read as calls whose arguments keep to their schema. */
class WrittenCallsTest {
    private static final int MOST_TOKENS = 3000;
    private static final List<String> LONGER = List.of(
            "\n</parameter>\n",
            "</parameter",
            "</arg_value>\n",
            "</arg_value>",
            "</function>",
            "</tool_call>",
            "\"",
            "\", ",
            "]",
            "}",
            ")]",
            "\\n",
            "it's \"x\" <é>\n",
            "True",
            "<|end|>",
            "42");
    private static final List<Tool> TOOLS = List.of(tool("now", "{}"), tool("forecast", """
                    {"type": "object", "properties": {
                      "at": {"type": "string"}, "unit": {"type": "string", "enum": ["C", "F"]},
                      "days": {"type": "integer", "minimum": 1, "maximum": 99}, "rain": {"type": "boolean"},
                      "when": {"type": "string", "format": "date"}, "tags": {"type": "array", "maxItems": 3,
                      "items": {"$ref": "#/$defs/tag"}}}, "required": ["at", "days"],
                     "$defs": {"tag": {"type": "string", "maxLength": 5}}}"""), tool("set_all", """
                    {"type": "object", "properties": {
                      "a": {"type": ["string", "null"]}, "b": {"type": "boolean"}}}"""));

    private static final byte[][] TEXTS = texts();

    private static Tool tool(String name, String schema) {
        return new Tool(name, "", (ObjectNode) RunningServer.JSON.readTree(schema), "tools");
    }

    private static byte[][] texts() {
        List<byte[]> texts = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            texts.add(new byte[] {(byte) b});
        }
        LONGER.forEach(text -> texts.add(text.getBytes(StandardCharsets.UTF_8)));
        return texts.toArray(byte[][]::new);
    }

    static List<ToolSyntax> syntaxes() {
        return List.of(
                new ToolSyntax.Hermes(),
                new ToolSyntax.Llama(),
                new ToolSyntax.MistralList(),
                new ToolSyntax.MistralNamed(),
                syntax("<tool_call><function=x><parameter=y>"),
                syntax("<tool_call>{name}\n<arg_key>k</arg_key>\n<arg_value>v</arg_value>\n</tool_call>"),
                syntax("<tool_call>{name}<arg_key>k</arg_key><arg_value>v</arg_value></tool_call>"),
                new ToolSyntax.Python(),
                new ToolSyntax.DeepSeek(false),
                new ToolSyntax.DeepSeek(true),
                new ToolSyntax.Harmony());
    }

    private static ToolSyntax syntax(String template) {
        return ToolSyntax.of("tools " + template).orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("syntaxes")
    void areReadAsTheyMustBe(ToolSyntax syntax) {
        Constraint constraint = Constraints.of(TEXTS).compile(syntax.calls(TOOLS, 3));
        long seed = 20261123;
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            String text = written(constraint, random);
            List<Part> parts = new ArrayList<>();
            PartReader reader = syntax.reader(Optional.of(Thinking.NONE), TOOLS, 3, () -> "id");
            parts.addAll(reader.push(text));
            parts.addAll(reader.end());
            List<String> names = new ArrayList<>();
            List<StringBuilder> arguments = new ArrayList<>();
            for (Part part : parts) {
                switch (part) {
                    case Part.Called call -> {
                        names.add(call.name());
                        arguments.add(new StringBuilder());
                    }
                    case Part.Arguments more -> arguments.get(more.index()).append(more.text());
                    case Part.Content more ->
                        assertThat(more.text()).as("seed %d: %s", seed, text).isBlank();
                    case Part.Thought more -> assertThat(more.text()).isNotEmpty();
                }
            }
            assertThat(names).as(text).isNotEmpty().hasSizeLessThanOrEqualTo(3);
            for (int i = 0; i < names.size(); i++) {
                check(names.get(i), RunningServer.JSON.readTree(arguments.get(i).toString()), text);
            }
        }
    }

    private static void check(String name, JsonNode arguments, String text) {
        assertThat(arguments.isObject()).as(text).isTrue();
        switch (name) {
            case "now" -> assertThat(arguments).as(text).isEmpty();
            case "forecast" -> {
                assertThat(arguments.path("at").isString()).as(text).isTrue();
                assertThat(arguments.path("days").intValue(0)).as(text).isBetween(1, 99);
                assertThat(arguments.path("unit").asString("C")).as(text).isIn("C", "F");
                assertThat(arguments.path("rain").isBoolean()
                                || arguments.path("rain").isMissingNode())
                        .as(text)
                        .isTrue();
                assertThat(arguments.path("when").asString("2026-11-23"))
                        .as(text)
                        .matches("\\d{4}-\\d\\d-\\d\\d");
                arguments
                        .path("tags")
                        .forEach(
                                tag -> assertThat(tag.stringValue().codePoints().count())
                                        .as(text)
                                        .isLessThanOrEqualTo(5));
            }
            default -> assertThat(List.of("a", "b")).as(text).containsAll(arguments.propertyNames());
        }
    }

    private static String written(Constraint constraint, Random random) {
        var out = new ByteArrayOutputStream();
        var set = new TokenSet(TEXTS.length);
        Cursor at = constraint.start();
        for (int step = 0; step < MOST_TOKENS; step++) {
            if (at.mayEnd() && (at.mustEnd() || random.nextInt(3) == 0)) {
                return out.toString(StandardCharsets.UTF_8);
            }
            constraint.allow(at, set);
            int token = random.nextInt(TEXTS.length);
            if (random.nextInt(3) > 0) {
                token = 256 + random.nextInt(TEXTS.length - 256);
            }
            while (!set.contains(token)) {
                token = (token + 1) % TEXTS.length;
            }
            out.writeBytes(TEXTS[token]);
            at = constraint.advance(at, token);
        }
        throw new AssertionError("no end in " + out.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("syntaxes")
    void comeAfterFreeTextOrNotAtAll(ToolSyntax syntax) {
        Constraint constraint = Constraints.of(TEXTS).compile(syntax.mayCall(TOOLS, 3));
        if (syntax instanceof ToolSyntax.Harmony) {
            assertThat(end(constraint, "<|channel|>final<|message|>Just text").mayEnd())
                    .isTrue();
            assertThatThrownBy(() -> end(constraint, "Just text")).isInstanceOf(Failure.class);
            return;
        }
        assertThat(end(constraint, "Just text, no call").mayEnd()).isTrue();
        String begin = syntax.marks().isEmpty() ? "[" : syntax.marks().getFirst();
        if (!(syntax instanceof ToolSyntax.Llama)) {
            assertThatThrownBy(() -> end(constraint, begin + "\n!")).isInstanceOf(Failure.class);
        }
    }

    private static Cursor end(Constraint constraint, String text) {
        Cursor at = constraint.start();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            at = constraint.advance(at, b & 0xFF);
        }
        return at;
    }
}
