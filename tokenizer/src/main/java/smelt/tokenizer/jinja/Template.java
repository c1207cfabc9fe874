package smelt.tokenizer.jinja;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** A parsed template; immutable, may render in many threads at once. */
public final class Template {
    private final List<Statement> statements;

    private Template(List<Statement> statements) {
        this.statements = statements;
    }

    /**
     * Bounds of one rendering. Intermediate values may take as many characters as the output, plus 32 times the input.
     *
     * @param steps evaluated expressions, loop rounds and 64-character pieces of text work
     * @param depth nested expressions, blocks and macro calls; about 0.5 KB of stack each
     * @param outputChars the longest output, in UTF-16 units
     */
    public record Limits(long steps, int depth, int outputChars) {
        private static final Limits DEFAULTS = new Limits(10_000_000, 1_000, 16_000_000);

        public static Limits defaults() {
            return DEFAULTS;
        }
    }

    /** Fails with MALFORMED and line:column where the text is no template, LIMIT_EXCEEDED where it nests too deep. */
    public static Template parse(String source) {
        return new Template(Parser.parse(new Source(source)));
    }

    /**
     * @param variables String, Long, Double, Boolean, null, List, and Map with keys of these types
     * @throws Failure MALFORMED where an operation fails in Jinja2 too; TEMPLATE_REFUSED with the template's own words
     *     where it calls {@code raise_exception}; LIMIT_EXCEEDED; UNSUPPORTED
     */
    public String render(Map<String, Object> variables, Limits limits) {
        return render(variables, limits, Clock.systemDefaultZone());
    }

    /** @param clock what {@code strftime_now} tells */
    String render(Map<String, Object> variables, Limits limits, Clock clock) {
        Inputs inputs = new Inputs();
        Map<String, Object> converted = new HashMap<>();
        variables.forEach((name, value) -> converted.put(name, inputs.convert(value)));
        Budget budget = new Budget(limits, inputs.chars());
        Map<String, Object> names = new HashMap<>(Globals.functions(clock, budget));
        names.putAll(converted);
        Interpreter interpreter = new Interpreter(Scope.root(names), budget);
        try {
            return interpreter.run(statements);
        } catch (Fault fault) {
            throw failure(fault, interpreter.line());
        } catch (StackOverflowError tooDeep) {
            throw Failure.of(
                    FailureCode.LIMIT_EXCEEDED,
                    "Chat template at line " + interpreter.line() + ": nesting deeper than this thread's stack");
        }
    }

    private static Failure failure(Fault fault, int line) {
        return fault.code() == FailureCode.TEMPLATE_REFUSED
                ? Failure.of(fault.code(), fault.message())
                : Failure.of(fault.code(), "Chat template at line " + line + ": " + fault.message());
    }
}
