package smelt.server.answers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.engine.constraint.Grammar;
import smelt.server.http.Problem;
import smelt.tokenizer.Tokenizer;

/** How the answers to one request are made and read. */
public final class AnswerForm {
    /** A prompt's end that is looked at, in tokens. */
    private static final int TAIL = 16;

    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final int USUAL_ID = 24;

    private final Thinking thinking;
    private final Calls calls;
    private final Optional<Shape> shape;
    private final Map<Integer, String> shown;
    private final boolean readsThoughts;

    /**
     * Calls in an answer.
     *
     * @param most of them
     */
    private record Calls(ToolSyntax syntax, ToolUse tools, int most) {
        static final Calls NONE = new Calls(new ToolSyntax.Hermes(), ToolUse.NONE, 0);

        /** @param own what the model's template writes */
        static Calls of(Optional<ToolSyntax> own, ToolUse tools) {
            ToolSyntax syntax = own.orElse(NONE.syntax);
            // a model that has never seen calls does not know when there are enough
            boolean several = tools.parallel() && (own.isPresent() || tools.choice() == ToolUse.Choice.MODEL);
            return new Calls(syntax, tools, syntax.mostCalls(several));
        }

        List<String> marks() {
            return tools.isEmpty() && !(syntax instanceof ToolSyntax.Harmony) ? List.of() : syntax.marks();
        }

        /** @param content what the answer looks like that has no calls; empty where it is free */
        Optional<Grammar> grammar(Optional<Grammar> content) {
            if (tools.isEmpty()) {
                return content.map(syntax::content);
            }
            Grammar calls = syntax.calls(tools.callable(), most);
            if (tools.choice() == ToolUse.Choice.ALWAYS) {
                return Optional.of(calls);
            }
            return Optional.of(content.<Grammar>map(own -> new Grammar.OneOf(List.of(calls, syntax.content(own))))
                    .orElseGet(() -> syntax.mayCall(tools.callable(), most)));
        }
    }

    /** @param shown text of tokens that are otherwise none */
    private AnswerForm(
            Thinking thinking, Calls calls, Optional<Shape> shape, Map<Integer, String> shown, boolean readsThoughts) {
        this.thinking = thinking;
        this.calls = calls;
        this.shape = shape;
        this.shown = shown;
        this.readsThoughts = readsThoughts;
    }

    /** Of a text that is continued. */
    public static AnswerForm of(Optional<Shape> shape) {
        return new AnswerForm(Thinking.NONE, Calls.NONE, shape, Map.of(), true);
    }

    static AnswerForm of(
            LoadedModel model,
            String template,
            Optional<ToolSyntax> own,
            int[] prompt,
            ToolUse tools,
            Optional<Shape> shape) {
        Tokenizer tokenizer = model.requireTokenizer();
        int[] tail = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - TAIL), prompt.length);
        Thinking thinking = Thinking.of(template, tokenizer.decode(tail, true));
        Calls calls = Calls.of(own, tools);
        List<String> marks = new ArrayList<>(List.of(thinking.begins(), thinking.ends()));
        marks.addAll(calls.marks());
        return new AnswerForm(thinking, calls, shape, controls(tokenizer, marks), true);
    }

    /** Thoughts are then part of the content, with their marks. */
    public AnswerForm withThoughtsInContent() {
        return new AnswerForm(thinking, calls, shape, shown, false);
    }

    /** Those of the marks that are control tokens, whose text is otherwise never part of an answer. */
    private static Map<Integer, String> controls(Tokenizer tokenizer, List<String> marks) {
        Map<Integer, String> controls = new HashMap<>();
        marks.forEach(mark -> tokenizer.idOf(mark).ifPresent(id -> {
            if (tokenizer.isControl(id)) {
                controls.put(id, mark);
            }
        }));
        return controls;
    }

    /** What reads one answer. */
    public GrowingAnswer answer() {
        return answer("call_");
    }

    /** @param prefix of the ids of calls, where the model does not want ids of its own kind */
    public GrowingAnswer answer(String prefix) {
        ToolUse tools = calls.tools();
        int length = calls.syntax().idLength();
        return new GrowingAnswer(
                calls.syntax()
                        .reader(
                                readsThoughts ? Optional.of(thinking) : Optional.empty(),
                                tools.callable(),
                                calls.most(),
                                () -> length > 0 ? random(length) : prefix + random(USUAL_ID)),
                shown);
    }

    private static String random(int length) {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < length; i++) {
            id.append(DIGITS.charAt(ThreadLocalRandom.current().nextInt(DIGITS.length())));
        }
        return id.toString();
    }

    /** What the whole answer must look like; empty where it is free. */
    Optional<Grammar> grammar() {
        return calls.grammar(shape.map(Shape::grammar)).map(thinking::before);
    }

    /**
     * A request that can be answered in this form alone.
     *
     * @throws Problem 400 where a schema or grammar cannot be kept to
     */
    public Request constrained(Request request, LoadedModel model) {
        Optional<Grammar> grammar = grammar();
        if (grammar.isEmpty()) {
            return request;
        }
        try {
            return request.withConstraint(model.constraint(grammar.get()));
        } catch (Failure failure) {
            throw culprit(model, failure);
        }
    }

    /** The tool or field whose own grammar fails. */
    private Problem culprit(LoadedModel model, Failure whole) {
        for (Tool tool : calls.tools().callable()) {
            Failure own = failure(model, tool.arguments());
            if (own != null) {
                return refused(own, "The parameters of tool " + tool.name() + ": ", tool.field());
            }
        }
        if (shape.isPresent()) {
            String field = shape.get().field();
            Failure own = failure(model, shape.get().grammar());
            if (own != null) {
                return refused(own, field + ": ", field);
            }
        }
        return refused(
                whole, "", calls.tools().isEmpty() ? shape.map(Shape::field).orElse("") : "tools");
    }

    private static @Nullable Failure failure(LoadedModel model, Grammar grammar) {
        try {
            model.constraint(grammar);
            return null;
        } catch (Failure failure) {
            return failure;
        }
    }

    private static Problem refused(Failure failure, String what, String field) {
        return switch (failure.code()) {
            case INVALID_ARGUMENT, UNSUPPORTED, LIMIT_EXCEEDED ->
                Problem.invalid(field, what + Problem.of(failure).message()).withCode("unsupported_schema");
            case TEMPLATE_REFUSED, NOT_FOUND, OUT_OF_RESOURCES, UNAVAILABLE, CANCELLED, MALFORMED, CORRUPT, INTERNAL ->
                Problem.of(failure);
        };
    }
}
