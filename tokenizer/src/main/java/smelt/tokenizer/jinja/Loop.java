package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One run of a for loop, and what {@code loop} means inside it. Looks ahead only when asked, as filters may be lazy.
 */
final class Loop implements Callable {
    private final Budget budget;
    private final int depth;
    /** Renders the body for other items one level deeper; null where the loop is not recursive. */
    private final @Nullable BiFunction<Object, Integer, String> recursion;

    private Iterator<Object> rest;
    private @Nullable Object previous;
    private @Nullable Object current;
    private @Nullable Object ahead;
    private @Nullable List<Object> lastChanged;
    private long index = -1;
    private long length = -1;

    /** @param filtered {@code items} after the loop's own condition */
    Loop(
            Object items,
            @Nullable Iterator<Object> filtered,
            int depth,
            Budget budget,
            @Nullable BiFunction<Object, Integer, String> recursion) {
        this.rest = filtered == null ? Values.iterate(items) : filtered;
        this.length = filtered == null && !(items instanceof Generator) ? Values.length(items) : -1;
        this.depth = depth;
        this.budget = budget;
        this.recursion = recursion;
    }

    /** The next item, or null at the end. */
    @Nullable
    Object next() {
        budget.step();
        Object item = peek();
        ahead = null;
        if (item != null) {
            previous = current;
            current = item;
            index++;
        }
        return item;
    }

    private @Nullable Object peek() {
        if (ahead == null && rest.hasNext()) {
            ahead = rest.next();
        }
        return ahead;
    }

    private long length() {
        if (length < 0) {
            List<Object> remaining = Values.list(new Generator(rest), budget);
            rest = remaining.iterator();
            length = remaining.size() + index + 1 + (ahead == null ? 0 : 1);
        }
        return length;
    }

    @Nullable
    Object member(String name) {
        return switch (name) {
            case "index" -> index + 1;
            case "index0" -> index;
            case "revindex" -> length() - index;
            case "revindex0" -> length() - index - 1;
            case "first" -> index == 0;
            case "last" -> peek() == null;
            case "length" -> length();
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "previtem" -> previous == null ? new Undefined("there is no previous item") : previous;
            case "nextitem" -> {
                Object next = peek();
                yield next == null ? new Undefined("there is no next item") : next;
            }
            case "cycle" -> (Callable) this::cycle;
            case "changed" -> (Callable) this::changed;
            default -> null;
        };
    }

    private Object cycle(Arguments arguments) {
        List<Object> choices = arguments.positional();
        if (choices.isEmpty()) {
            throw Fault.of("no items for cycling given");
        }
        return choices.get((int) (index % choices.size()));
    }

    private Object changed(Arguments arguments) {
        List<Object> now = new ArrayList<>(arguments.positional());
        boolean same = lastChanged != null && Comparison.equal(lastChanged, now, budget);
        lastChanged = now;
        return !same;
    }

    @Override
    public Object call(Arguments arguments) {
        if (recursion == null) {
            throw Fault.of("the loop must have the 'recursive' marker to be called recursively");
        }
        return recursion.apply(arguments.bind("loop", "iterable").required("iterable"), depth + 1);
    }

    @Override
    public String describe() {
        return "<LoopContext " + (index + 1) + "/" + length() + ">";
    }
}
