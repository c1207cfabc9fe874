package smelt.server.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.server.RunningServer;
import tools.jackson.databind.node.ObjectNode;

/** Guards server/: the text of an answer as thoughts, content and calls, however it is cut. */
class AnswerReaderTest {
    private static final List<Tool> TOOLS = List.of(
            tool("add", "{'type':'object','properties':{'a':{},'b':{'type':'boolean'}}}"),
            tool("now", "{}"),
            tool(
                    "get.weather",
                    "{'type':'object','properties':{'at':{'type':'string'},'days':{'type':'integer'},"
                            + "'unit':{'type':'string','enum':['C','F']}},'required':['at']}"));
    private static final Thinking POSSIBLE = Thinking.of("<think></think>", "");
    private static final Thinking BEGUN = Thinking.of("<think></think>", "<|assistant|>\n<think>\n");

    private static Tool tool(String name, String schema) {
        ObjectNode parameters = (ObjectNode) RunningServer.JSON.readTree(schema.replace('\'', '"'));
        return new Tool(name, "", parameters, "tools");
    }

    /** What a whole answer has of each kind. */
    record Read(String thoughts, String content, List<String> calls) {
        static Read of(List<Part> parts) {
            StringBuilder thoughts = new StringBuilder();
            StringBuilder content = new StringBuilder();
            List<StringBuilder> calls = new ArrayList<>();
            for (Part part : parts) {
                switch (part) {
                    case Part.Thought more -> thoughts.append(more.text());
                    case Part.Content more -> content.append(more.text());
                    case Part.Called call -> {
                        assertThat(call.index()).isEqualTo(calls.size());
                        calls.add(new StringBuilder(call.id() + " " + call.name() + " "));
                    }
                    case Part.Arguments more -> calls.get(more.index()).append(more.text());
                }
            }
            return new Read(
                    thoughts.toString(),
                    content.toString(),
                    calls.stream().map(StringBuilder::toString).toList());
        }
    }

    private static PartReader reader(Thinking thinking, ToolSyntax syntax) {
        AtomicInteger ids = new AtomicInteger();
        return syntax.reader(Optional.of(thinking), TOOLS, syntax.mostCalls(true), () -> "id" + ids.getAndIncrement());
    }

    private static Read read(Thinking thinking, ToolSyntax syntax, List<String> pieces) {
        PartReader reader = reader(thinking, syntax);
        List<Part> parts = new ArrayList<>();
        pieces.forEach(piece -> parts.addAll(reader.push(piece)));
        parts.addAll(reader.end());
        return Read.of(parts);
    }

    private static Arguments sample(
            Thinking thinking, ToolSyntax syntax, String text, String thoughts, String content, String... calls) {
        return Arguments.of(thinking, syntax, text, new Read(thoughts, content, List.of(calls)));
    }

    static Stream<Arguments> samples() {
        var hermes = new ToolSyntax.Hermes();
        var llama = new ToolSyntax.Llama();
        var list = new ToolSyntax.MistralList();
        var named = new ToolSyntax.MistralNamed();
        Thinking none = Thinking.NONE;
        String add = "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": [1, {\"b\": \"}\\\"{\"}]}}\n</tool_call>";
        String now = "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";
        String added = "id0 add {\"a\": [1, {\"b\": \"}\\\"{\"}]}";
        return Stream.of(
                sample(none, hermes, "Just text. ", "", "Just text. "),
                sample(none, hermes, "", "", ""),
                sample(none, hermes, add, "", "", added),
                sample(none, hermes, "Well:\n" + add + "\n" + now + "\n", "", "Well:", added, "id1 now {}"),
                sample(none, hermes, add + "\nand\n", "", "\nand\n", added),
                sample(none, hermes, "a < b <tool_cal <tool_call>x", "", "a < b <tool_cal <tool_call>x"),
                sample(
                        none,
                        hermes,
                        "<tool_call>{\"name\": \"no\", \"arguments\": {}}</tool_call>",
                        "",
                        "<tool_call>{\"name\": \"no\", \"arguments\": {}}</tool_call>"),
                sample(
                        none,
                        hermes,
                        "<tool_call>{\"name\":\"add\",\"arguments\":[1]}</tool_call>",
                        "",
                        "<tool_call>{\"name\":\"add\",\"arguments\":[1]}</tool_call>"),
                sample(none, hermes, "<tool_call>" + now, "", "<tool_call>", "id0 now {}"),
                sample(none, hermes, add.substring(0, 55), "", "", added.substring(0, 22)),
                sample(none, hermes, add.substring(0, add.length() - 4), "", "", added),
                sample(none, hermes, add.substring(0, 30), "", add.substring(0, 30)),
                sample(
                        none,
                        hermes,
                        now.replace("</tool_call>", "oops"),
                        "",
                        "\noops".replace("\n", "}\n"),
                        "id0 now {}"),
                sample(none, llama, "{\"name\": \"add\", \"parameters\": {\"a\": 1}}", "", "", "id0 add {\"a\": 1}"),
                sample(none, llama, "<|python_tag|>{\"name\": \"now\", \"parameters\": {}}", "", "", "id0 now {}"),
                sample(
                        none,
                        llama,
                        "It is {\"name\": \"now\", \"parameters\": {}}",
                        "",
                        "It is {\"name\": \"now\", \"parameters\": {}}"),
                sample(none, llama, "{\"other\": 1}", "", "{\"other\": 1}"),
                sample(
                        none,
                        list,
                        "[TOOL_CALLS][{\"name\": \"now\", \"arguments\": {}}, "
                                + "{\"name\": \"add\", \"arguments\": {\"a\": 2}}]",
                        "",
                        "",
                        "id0 now {}",
                        "id1 add {\"a\": 2}"),
                sample(none, list, "Hm [TOOL_CALLS] [{\"name\":\"now\",\"arguments\":{}}] !", "", "Hm !", "id0 now {}"),
                sample(
                        none,
                        named,
                        "[TOOL_CALLS]get.weather[ARGS]{\"at\": \"x\"}[TOOL_CALLS]now[ARGS]{}",
                        "",
                        "",
                        "id0 get.weather {\"at\": \"x\"}",
                        "id1 now {}"),
                sample(none, named, "[TOOL_CALLS]now[CALL_ID]abc123DEF[ARGS]{}", "", "", "id0 now {}"),
                sample(
                        POSSIBLE,
                        hermes,
                        "<think>\nLet me <see>.\n</think>\n\nYes. " + now,
                        "Let me <see>.",
                        "Yes.",
                        "id0 now {}"),
                sample(POSSIBLE, hermes, "  No <think> here</think>", "", "  No <think> here</think>"),
                sample(POSSIBLE, hermes, "<think>\n\n</think>\n\nHi", "", "Hi"),
                sample(POSSIBLE, hermes, "<thin", "", "<thin"),
                sample(BEGUN, hermes, "so </thin </think>" + add, "so </thin", "", added),
                sample(BEGUN, hermes, "never " + now + " ends ", "never " + now + " ends ", ""));
    }

    static Stream<Arguments> samplesOfElements() {
        ToolSyntax qwen = syntax("<tool_call><function=x><parameter=y>");
        ToolSyntax glm = syntax("<tool_call>{name}\n<arg_key>k</arg_key>\n<arg_value>v</arg_value>\n</tool_call>");
        ToolSyntax dense = syntax("<tool_call>{name}<arg_key>k</arg_key><arg_value>v</arg_value></tool_call>");
        Thinking none = Thinking.NONE;
        String weather = "<tool_call>\n<function=get.weather>\n<parameter=at>\nSt. \"X\"\nand </b>\n</parameter>\n"
                + "<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>";
        String asked = "id0 get.weather {\"at\": \"St. \\\"X\\\"\\nand </b>\", \"days\": 3}";
        String now = "<tool_call>\n<function=now>\n</function>\n</tool_call>";
        String add = "<tool_call>add\n<arg_key>a</arg_key>\n<arg_value>[1, {\"x\": \"</arg\"}]</arg_value>\n"
                + "<arg_key>b</arg_key>\n<arg_value>True</arg_value>\n</tool_call>";
        String added = "id0 add {\"a\": [1, {\"x\": \"</arg\"}], \"b\": true}";
        return Stream.of(
                sample(none, qwen, weather, "", "", asked),
                sample(none, qwen, "Well: " + weather + "\n" + now + "\n", "", "Well:", asked, "id1 now {}"),
                sample(none, qwen, "<tool_call><function=now></function></tool_call> so", "", " so", "id0 now {}"),
                sample(none, qwen, now.replace("now", "no"), "", now.replace("now", "no")),
                sample(none, qwen, weather.substring(0, 60), "", "", asked.substring(0, asked.indexOf("d </b>"))),
                sample(none, qwen, now.replace("</f", "or </f"), "", "\nor </function>\n</tool_call>", "id0 now {}"),
                sample(none, qwen, "a <tool_call> b", "", "a <tool_call> b"),
                sample(
                        none,
                        qwen,
                        "<tool_call><function=add><parameter=a>\nno json\n</parameter></function></tool_call>",
                        "",
                        "",
                        "id0 add {\"a\": \"no json\"}"),
                sample(none, glm, add, "", "", added),
                sample(none, glm, add + "\n<tool_call>now\n</tool_call>", "", "", added, "id1 now {}"),
                sample(none, glm, "<tool_call>now</tool_call>!", "", "!", "id0 now {}"),
                sample(none, glm, "<tool_call>no\n</tool_call>", "", "<tool_call>no\n</tool_call>"),
                sample(none, dense, add.replace("\n", ""), "", "", added),
                sample(
                        POSSIBLE,
                        dense,
                        "<think>Hm</think>\n<tool_call>get.weather<arg_key>at</arg_key><arg_value>\n x </arg_value>"
                                + "<arg_key>unit</arg_key><arg_value>C</arg_value></tool_call>",
                        "Hm",
                        "",
                        "id0 get.weather {\"at\": \"\\n x \", \"unit\": \"C\"}"));
    }

    static Stream<Arguments> samplesOfPython() {
        ToolSyntax python = new ToolSyntax.Python();
        Thinking none = Thinking.NONE;
        return Stream.of(
                sample(none, python, "[now()]", "", "", "id0 now {}"),
                sample(
                        none,
                        python,
                        "[get.weather(at='St. \"X\", it\\'s', days=-1.5e3), now( ), "
                                + "add(a=[(1, 'x'), {'k': None}], b=True)]",
                        "",
                        "",
                        "id0 get.weather {\"at\": \"St. \\\"X\\\", it's\", \"days\": -1.5e3}",
                        "id1 now {}",
                        "id2 add {\"a\": [[1, \"x\"], {\"k\": null}], \"b\": true}"),
                sample(
                        none,
                        python,
                        "[add(a=\"a\\u00e9\\x41\\q]\", b=false)]",
                        "",
                        "",
                        "id0 add {\"a\": \"a\\u00e9\\u0041\\\\q]\", \"b\": false}"),
                sample(none, python, "So [now()]", "", "So [now()]"),
                sample(none, python, "[1, 2]", "", "[1, 2]"),
                sample(none, python, "[no()]", "", "[no()]"),
                sample(none, python, "[now()] then", "", " then", "id0 now {}"),
                sample(none, python, "[get.weather(at=\"x", "", "", "id0 get.weather {\"at\": \"x"),
                sample(none, python, "[add(a=1]", "", "]", "id0 add {\"a\": 1}"),
                sample(none, python, "[add(!)]", "", "!)]", "id0 add {}"));
    }

    static Stream<Arguments> samplesOfDeepSeek() {
        ToolSyntax plain = new ToolSyntax.DeepSeek(false);
        ToolSyntax fenced = new ToolSyntax.DeepSeek(true);
        Thinking none = Thinking.NONE;
        String begin = ToolSyntax.DeepSeek.CALLS;
        String end = ToolSyntax.DeepSeek.END_OF_CALLS;
        String now = call("now", false, "{}");
        String add = call("add", true, "{\"a\": \"```\"}");
        return Stream.of(
                sample(none, plain, begin + now + end, "", "", "id0 now {}"),
                sample(none, plain, "Hm.\n" + begin + now + now + end, "", "Hm.", "id0 now {}", "id1 now {}"),
                sample(none, plain, begin + call("no", false, "{}") + end, "", begin + call("no", false, "{}") + end),
                sample(none, plain, begin + now, "", "", "id0 now {}"),
                sample(none, fenced, begin + add + "\n" + add + end, "", "", read("0"), read("1")),
                sample(POSSIBLE, fenced, "<think>\nso\n</think>\n\n" + begin + add + end, "so", "", read("0")));
    }

    static Stream<Arguments> samplesOfHarmony() {
        ToolSyntax harmony = new ToolSyntax.Harmony();
        Thinking none = Thinking.NONE;
        String thought = "<|channel|>analysis<|message|>So <|x|>.<|end|><|start|>assistant";
        String add = "<|channel|>commentary to=functions.add <|constrain|>json<|message|>{\"a\": 1}";
        return Stream.of(
                sample(none, harmony, thought + "<|channel|>final<|message|> Hi. ", "So <|x|>.", " Hi. "),
                sample(none, harmony, thought + add + "<|call|>", "So <|x|>.", "", "id0 add {\"a\": 1}"),
                sample(none, harmony, add, "", "", "id0 add {\"a\": 1}"),
                sample(
                        none,
                        harmony,
                        " to=functions.now<|channel|>commentary json<|message|>{}<|call|>",
                        "",
                        "",
                        "id0 now {}"),
                sample(
                        none,
                        harmony,
                        "<|channel|>commentary<|message|>First.<|end|><|start|>assistant" + add,
                        "",
                        "First.",
                        "id0 add {\"a\": 1}"),
                sample(none, harmony, add.replace("add", "no"), "", "{\"a\": 1}"),
                sample(none, harmony, "<|channel|>analysis<|message|>Never ends", "Never ends", ""),
                sample(none, harmony, "<|channel|>fin", "", ""),
                sample(none, harmony, "No header < here", "", "No header < here"),
                sample(none, harmony, "", "", ""));
    }

    private static String read(String number) {
        return "id" + number + " add {\"a\": \"```\"}";
    }

    private static String call(String name, boolean fenced, String arguments) {
        var syntax = new ToolSyntax.DeepSeek(fenced);
        return syntax.beforeName() + name + syntax.afterName() + arguments + syntax.afterArguments();
    }

    private static ToolSyntax syntax(String template) {
        return ToolSyntax.of("tools " + template).orElseThrow();
    }

    @ParameterizedTest
    @MethodSource({"samples", "samplesOfElements", "samplesOfPython", "samplesOfDeepSeek", "samplesOfHarmony"})
    void readsTheSameHoweverTheTextIsCut(Thinking thinking, ToolSyntax syntax, String text, Read expected) {
        assertThat(read(thinking, syntax, List.of(text))).isEqualTo(expected);
        assertThat(read(
                        thinking,
                        syntax,
                        text.codePoints().mapToObj(Character::toString).toList()))
                .isEqualTo(expected);
        for (int cut = 0; cut <= text.length(); cut++) {
            assertThat(read(thinking, syntax, List.of(text.substring(0, cut), text.substring(cut))))
                    .as("cut at %d", cut)
                    .isEqualTo(expected);
        }
        Random random = new Random(11);
        for (int i = 0; i < 50; i++) {
            assertThat(read(thinking, syntax, cut(text, random))).isEqualTo(expected);
        }
    }

    private static List<String> cut(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(7));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }

    /** Whatever is written, pieces and whole agree, and nothing is lost but marks and the space around them. */
    @Test
    void readsAnyMixtureOfItsOwnMarks() {
        List<String> bits = List.of(
                "<tool_call>",
                "</tool_call>",
                "\n",
                " ",
                "{",
                "}",
                "{\"name\": \"now\", \"arguments\": {",
                "\"",
                "\\",
                "<think>",
                "</think>",
                "[TOOL_CALLS]",
                "[ARGS]",
                "now",
                ",",
                "]",
                "[",
                "x",
                "\"parameters\": {",
                "<function=add>",
                "<parameter=a>",
                "</parameter>",
                "</function>",
                "add<arg_key>a</arg_key>",
                "<arg_value>",
                "</arg_value>",
                "[add(a=",
                ")",
                "'",
                "True");
        long seed = 20261123;
        Random random = new Random(seed);
        List<ToolSyntax> all = List.of(
                new ToolSyntax.Hermes(),
                new ToolSyntax.Llama(),
                new ToolSyntax.MistralList(),
                new ToolSyntax.MistralNamed(),
                syntax("<tool_call><function=x><parameter=y>"),
                syntax("<tool_call><arg_key>"),
                new ToolSyntax.Python());
        for (int i = 0; i < 4000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(14); n > 0; n--) {
                text.append(bits.get(random.nextInt(bits.size())));
            }
            ToolSyntax syntax = all.get(random.nextInt(all.size()));
            Thinking thinking = List.of(Thinking.NONE, POSSIBLE, BEGUN).get(random.nextInt(3));
            Read whole = read(thinking, syntax, List.of(text.toString()));
            assertThat(read(thinking, syntax, cut(text.toString(), random)))
                    .as("seed %d, %d: %s", seed, i, text)
                    .isEqualTo(whole);
            if (whole.calls().isEmpty() && thinking == Thinking.NONE) {
                assertThat(whole.content()).isEqualTo(text.toString());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"   ", "<tool_call>", "<tool_call>{\"name\": \"a"})
    void holdsNothingForEver(String unit) {
        String text = unit.repeat(3000);
        assertThat(read(Thinking.NONE, new ToolSyntax.Hermes(), List.of(text)).content())
                .isEqualTo(text);
        PartReader reader = reader(Thinking.NONE, new ToolSyntax.Hermes());
        int told = reader.push(text).stream()
                .mapToInt(part -> ((Part.Content) part).text().length())
                .sum();
        assertThat(text.length() - told).isLessThanOrEqualTo(1024);
    }

    @Test
    void tellsArgumentsAsTheyCome() {
        PartReader reader = reader(Thinking.NONE, new ToolSyntax.Hermes());
        assertThat(reader.push("<tool_call>\n{\"name\": \"add\", \"arguments\": "))
                .isEmpty();
        assertThat(reader.push("{\"a\""))
                .containsExactly(new Part.Called(0, "id0", "add"), new Part.Arguments(0, "{\"a\""));
        assertThat(reader.push(": 1")).containsExactly(new Part.Arguments(0, ": 1"));
        assertThat(reader.push("}}\n</tool_call>")).containsExactly(new Part.Arguments(0, "}"));
        assertThat(reader.end()).isEmpty();
    }
}
