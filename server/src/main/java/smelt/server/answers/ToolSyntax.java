package smelt.server.answers;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import smelt.engine.constraint.Grammar;

/** How a model writes calls of tools. */
public sealed interface ToolSyntax {
    /** {@code <tool_call>{"name": ..., "arguments": {...}}</tool_call>}, as Hermes, Qwen and many others. */
    record Hermes() implements ToolSyntax {}

    /** {@code {"name": ..., "parameters": {...}}} and nothing else, as Llama 3. */
    record Llama() implements ToolSyntax {}

    /** {@code [TOOL_CALLS][{"name": ..., "arguments": {...}}, ...]}, as Mistral's first models with tools. */
    record MistralList() implements ToolSyntax {}

    /** {@code [TOOL_CALLS]name[ARGS]{...}}, as Mistral's later models. */
    record MistralNamed() implements ToolSyntax {}

    /** Elements with an element for each argument, as Qwen3-Coder and GLM. */
    record Elements(ElementSyntax syntax) implements ToolSyntax {}

    /** {@code [name(key=value, ...), ...]} and nothing else, as some of Llama's templates have it. */
    record Python() implements ToolSyntax {}

    /**
     * Between marks, with the arguments as JSON, as DeepSeek V3.1; or in a block of code behind the name, as DeepSeek
     * V3 and R1.
     */
    record DeepSeek(boolean fenced) implements ToolSyntax {
        static final String CALLS = "<\uff5ctool\u2581calls\u2581begin\uff5c>";
        static final String END_OF_CALLS = "<\uff5ctool\u2581calls\u2581end\uff5c>";
        static final String CALL = "<\uff5ctool\u2581call\u2581begin\uff5c>";
        static final String END_OF_CALL = "<\uff5ctool\u2581call\u2581end\uff5c>";
        static final String BETWEEN = "<\uff5ctool\u2581sep\uff5c>";

        String beforeName() {
            return CALL + (fenced ? "function" + BETWEEN : "");
        }

        String afterName() {
            return fenced ? "\n```json\n" : BETWEEN;
        }

        String afterArguments() {
            return (fenced ? "\n```" : "") + END_OF_CALL;
        }

        String betweenCalls() {
            return fenced ? "\n" : "";
        }
    }

    /**
     * Messages in channels, as gpt-oss: thoughts are one, a call is one to the function, the answer another. It is how
     * answers without calls are written, too.
     */
    record Harmony() implements ToolSyntax {
        private static final Grammar THOUGHTS = new Grammar.Repeat(
                new Grammar.Sequence(List.of(
                        new Grammar.Literal("<|channel|>analysis<|message|>"),
                        new Grammar.Until("<|end|>"),
                        new Grammar.Literal("<|start|>assistant"))),
                0,
                4);

        static Grammar call(List<Tool> tools) {
            return new Grammar.Sequence(List.of(
                    THOUGHTS,
                    each(tools, "<|channel|>commentary to=functions.", " <|constrain|>json<|message|>", "<|call|>")));
        }

        static Grammar answer(Grammar content) {
            return new Grammar.Sequence(List.of(THOUGHTS, new Grammar.Literal("<|channel|>final<|message|>"), content));
        }
    }

    /**
     * How the text of calls is read. Every pattern is of a text's beginning, with the space before it.
     *
     * @param head up to the arguments; its groups are the name, and what of the arguments was read with it
     * @param next the same of a further call right behind another; null where each has a head of its own
     * @param close what follows the arguments of the last call
     * @param opensAnswer whether a call can only be the answer's beginning
     * @param arguments what reads those of one call
     */
    record Reading(
            Pattern head,
            @Nullable Pattern next,
            Pattern close,
            boolean opensAnswer,
            Function<Tool, ArgumentReader> arguments) {}

    /** The one that a template writes; empty where it knows no tools, or writes them in a way not known here. */
    static Optional<ToolSyntax> of(String template) {
        if (template.contains("<|channel|>") && template.contains("<|message|>")) {
            return Optional.of(new Harmony());
        }
        if (template.contains(DeepSeek.CALLS)) {
            return Optional.of(new DeepSeek(template.contains("```json")));
        }
        if (!template.contains("tools")) {
            return Optional.empty();
        }
        if (template.contains("[TOOL_CALLS]")) {
            return Optional.of(template.contains("[ARGS]") ? new MistralNamed() : new MistralList());
        }
        Optional<ElementSyntax> elements = ElementSyntax.of(template);
        if (elements.isPresent()) {
            return Optional.of(new Elements(elements.get()));
        }
        if (template.contains("<tool_call>") && !isOtherwise(template)) {
            return Optional.of(new Hermes());
        }
        if (template.contains("[func_name1(")) {
            return Optional.of(new Python());
        }
        return template.contains("<|start_header_id|>") && template.contains("\"parameters\": ")
                ? Optional.of(new Llama())
                : Optional.empty();
    }

    /** Calls are written as elements of other kinds there, or as a list. */
    private static boolean isOtherwise(String template) {
        return template.contains("<function=") || template.contains("<invoke") || template.contains("<tool_calls>");
    }

    /** Whether it can write all arguments that the tool may get. */
    default boolean takes(Tool tool) {
        return switch (this) {
            case Hermes(), Llama(), MistralList(), MistralNamed(), Harmony() -> true;
            case DeepSeek syntax -> true;
            case Elements syntax -> ElementSyntax.takes(tool);
            case Python() -> PythonSyntax.takes(tool);
        };
    }

    /** Texts that open or divide calls; some vocabularies have them as control tokens. */
    default List<String> marks() {
        return switch (this) {
            case Hermes() -> List.of("<tool_call>", "</tool_call>");
            case Llama() -> List.of("<|python_tag|>");
            case MistralList() -> List.of("[TOOL_CALLS]");
            case MistralNamed() -> List.of("[TOOL_CALLS]", "[ARGS]");
            case Elements elements -> elements.syntax().marks();
            case Python() -> List.of();
            case Harmony() ->
                List.of("<|start|>", "<|channel|>", "<|constrain|>", "<|message|>", "<|end|>", "<|call|>");
            case DeepSeek syntax ->
                List.of(DeepSeek.CALLS, DeepSeek.END_OF_CALLS, DeepSeek.CALL, DeepSeek.END_OF_CALL, DeepSeek.BETWEEN);
        };
    }

    /** How many characters its templates want in a call's id; 0: any. */
    default int idLength() {
        return switch (this) {
            case Hermes(), Llama(), Python(), Harmony() -> 0;
            case Elements syntax -> 0;
            case DeepSeek syntax -> 0;
            case MistralList(), MistralNamed() -> 9;
        };
    }

    /** Most calls in one answer. */
    default int mostCalls(boolean parallel) {
        return parallel && !(this instanceof Llama) && !(this instanceof Harmony) ? Integer.MAX_VALUE : 1;
    }

    /**
     * What reads one answer.
     *
     * @param thinking empty where thoughts are left in the content
     * @param ids of calls
     */
    default PartReader reader(Optional<Thinking> thinking, List<Tool> tools, int most, Supplier<String> ids) {
        if (this instanceof Harmony) {
            return new HarmonyReader(tools, most, ids, thinking.isPresent());
        }
        return new AnswerReader(thinking.orElse(Thinking.NONE), tools.isEmpty() ? null : reading(), tools, most, ids);
    }

    private Reading reading() {
        String object =
                "\\{\\s*+\"name\"\\s*+:\\s*+\"([^\"\\\\]++)\"\\s*+,\\s*+\"(?:arguments|parameters)\"\\s*+:\\s*+(\\{)";
        return switch (this) {
            case Hermes() -> json("<tool_call>\\s*+" + object, null, "\\}\\s*+</tool_call>", false);
            case Llama() -> json("(?:<\\|python_tag\\|>)?\\s*+" + object, null, "\\}", true);
            case MistralList() ->
                json("\\[TOOL_CALLS\\]\\s*+\\[\\s*+" + object, "\\}\\s*+,\\s*+" + object, "\\}\\s*+\\]", false);
            case MistralNamed() ->
                json("\\[TOOL_CALLS\\]([^\\s\\[{]++)(?:\\[CALL_ID\\]\\w*+)?\\[ARGS\\]\\s*+(\\{)", null, "", false);
            case Elements elements -> elements.syntax().reading();
            case Python() ->
                new Reading(
                        Pattern.compile("\\s*+\\[\\s*+" + PythonSyntax.CALL),
                        Pattern.compile("\\s*+,\\s*+" + PythonSyntax.CALL),
                        Pattern.compile("\\s*+\\]"),
                        true,
                        tool -> new PythonArguments());
            case DeepSeek syntax -> deepSeek(syntax.fenced());
            case Harmony() -> throw new IllegalStateException("its answers have a reader of their own");
        };
    }

    private static Reading deepSeek(boolean fenced) {
        String call = DeepSeek.CALL
                + (fenced ? "(?:\\w++" + DeepSeek.BETWEEN + ")?" : "")
                + "([^\\s<`]++)"
                + (fenced ? "\\s*+```json" : DeepSeek.BETWEEN)
                + "\\s*+(\\{)";
        String end = (fenced ? "```\\s*+" : "") + DeepSeek.END_OF_CALL + "\\s*+";
        return json(DeepSeek.CALLS + "\\s*+" + call, end + call, end + DeepSeek.END_OF_CALLS, false);
    }

    private static Reading json(String head, @Nullable String next, String close, boolean opensAnswer) {
        return new Reading(
                Pattern.compile("\\s*+" + head),
                next == null ? null : Pattern.compile("\\s*+" + next),
                Pattern.compile(close.isEmpty() ? "" : "\\s*+" + close),
                opensAnswer,
                tool -> new ArgumentReader.OfJson());
    }

    /** One call or more, and nothing else. */
    default Grammar calls(List<Tool> tools, int most) {
        return switch (this) {
            case Hermes() -> several(List.of(literal("<tool_call>"), hermes(tools)), literal("\n"), most);
            case Llama() -> new Grammar.Sequence(List.of(optional(literal("<|python_tag|>")), llama(tools)));
            case MistralList() -> new Grammar.Sequence(List.of(literal("[TOOL_CALLS]"), list(tools, most)));
            case MistralNamed() -> several(List.of(literal("[TOOL_CALLS]"), named(tools)), literal(""), most);
            case Elements elements ->
                several(
                        List.of(
                                literal(elements.syntax().open()),
                                elements.syntax().call(tools)),
                        literal("\n"),
                        most);
            case Python() -> pythonList(tools, most);
            case Harmony() -> Harmony.call(tools);
            case DeepSeek syntax ->
                new Grammar.Sequence(List.of(literal(DeepSeek.CALLS), deepSeek(syntax, tools, most)));
        };
    }

    /** Free text, calls, or both. */
    default Grammar mayCall(List<Tool> tools, int most) {
        return switch (this) {
            case Hermes() -> triggered("<tool_call>", hermes(tools), most);
            // a text that begins otherwise is none
            case Llama() ->
                new Grammar.OneOf(
                        List.of(calls(tools, most), new Grammar.Regex("\\s*(?:(?:[^{\\s<]|<[^|])[\\s\\S]*|<?)")));
            case MistralList() -> triggered("[TOOL_CALLS]", list(tools, most), 1);
            case MistralNamed() -> triggered("[TOOL_CALLS]", named(tools), most);
            case Elements elements ->
                triggered(elements.syntax().open(), elements.syntax().call(tools), most);
            case Python() ->
                new Grammar.OneOf(List.of(pythonList(tools, most), new Grammar.Regex("\\s*(?:[^\\[\\s][\\s\\S]*)?")));
            case Harmony() -> new Grammar.OneOf(List.of(calls(tools, most), content(new Grammar.Regex("[\\s\\S]*"))));
            case DeepSeek syntax -> triggered(DeepSeek.CALLS, deepSeek(syntax, tools, most), 1);
        };
    }

    /** An answer that is this content, behind its thoughts where they are written as calls are. */
    default Grammar content(Grammar content) {
        return this instanceof Harmony ? Harmony.answer(content) : content;
    }

    private static Grammar triggered(String text, Grammar then, int most) {
        return new Grammar.Triggered(List.of(new Grammar.Trigger(text, then)), most);
    }

    private static Grammar hermes(List<Tool> tools) {
        return each(tools, "\n{\"name\": \"", "\", \"arguments\": ", "}\n</tool_call>");
    }

    private static Grammar llama(List<Tool> tools) {
        return each(tools, "{\"name\": \"", "\", \"parameters\": ", "}");
    }

    private static Grammar named(List<Tool> tools) {
        return each(tools, "", "[ARGS]", "");
    }

    private static Grammar deepSeek(DeepSeek syntax, List<Tool> tools, int most) {
        Grammar call = each(tools, syntax.beforeName(), syntax.afterName(), syntax.afterArguments());
        return new Grammar.Sequence(
                List.of(several(List.of(call), literal(syntax.betweenCalls()), most), literal(DeepSeek.END_OF_CALLS)));
    }

    private static Grammar pythonList(List<Tool> tools, int most) {
        Grammar calls = several(List.of(PythonSyntax.call(tools)), literal(", "), most);
        return new Grammar.Sequence(List.of(literal("["), calls, literal("]")));
    }

    private static Grammar list(List<Tool> tools, int most) {
        Grammar call = each(tools, "{\"name\": \"", "\", \"arguments\": ", "}");
        return new Grammar.Sequence(List.of(literal("["), several(List.of(call), literal(", "), most), literal("]")));
    }

    private static Grammar each(List<Tool> tools, String before, String between, String after) {
        return new Grammar.OneOf(tools.stream()
                .map(tool -> (Grammar) new Grammar.Sequence(
                        List.of(literal(before + tool.name() + between), tool.arguments(), literal(after))))
                .toList());
    }

    private static Grammar several(List<Grammar> call, Grammar between, int most) {
        Grammar one = new Grammar.Sequence(call);
        if (most == 1) {
            return one;
        }
        Grammar further = new Grammar.Sequence(List.of(between, one));
        int rest = most == Integer.MAX_VALUE ? most : most - 1;
        return new Grammar.Sequence(List.of(one, new Grammar.Repeat(further, 0, rest)));
    }

    private static Grammar optional(Grammar part) {
        return new Grammar.Repeat(part, 0, 1);
    }

    private static Grammar literal(String text) {
        return new Grammar.Literal(text);
    }
}
