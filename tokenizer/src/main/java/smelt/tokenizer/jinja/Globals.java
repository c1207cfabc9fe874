package smelt.tokenizer.jinja;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that every template may call. */
final class Globals {
    private Globals() {}

    static Map<String, Object> functions(Clock clock, Budget budget) {
        Map<String, Callable> functions = new HashMap<>();
        functions.put("range", arguments -> range(arguments.positional()));
        functions.put("dict", arguments -> dict(arguments, budget));
        functions.put("namespace", arguments -> namespace(arguments, budget));
        functions.put("cycler", arguments -> new Cycler(arguments.positional()));
        functions.put("joiner", arguments -> joiner(arguments));
        functions.put("lipsum", arguments -> {
            throw Fault.unsupported("lipsum() gives random text");
        });
        functions.put("raise_exception", arguments -> {
            Object message = arguments.bind("raise_exception", "message").required("message");
            throw Fault.refused(Repr.text(message, budget));
        });
        functions.put("strftime_now", arguments -> {
            String format = arguments.bind("strftime_now", "format").text("format", "");
            budget.allocate(16L * format.length());
            return Strftime.format(ZonedDateTime.now(clock), format);
        });
        return new HashMap<>(functions);
    }

    private static Object range(List<Object> bounds) {
        return switch (bounds.size()) {
            case 1 -> Range.of(0, Values.index(bounds.get(0)), 1);
            case 2 -> Range.of(Values.index(bounds.get(0)), Values.index(bounds.get(1)), 1);
            case 3 -> Range.of(Values.index(bounds.get(0)), Values.index(bounds.get(1)), Values.index(bounds.get(2)));
            default -> throw Fault.of("range() takes 1 to 3 arguments, got " + bounds.size());
        };
    }

    private static Map<Object, Object> dict(Arguments arguments, Budget budget) {
        Map<Object, Object> dict = new LinkedHashMap<>();
        for (Object source : arguments.positional()) {
            if (source instanceof Map<?, ?> map) {
                dict.putAll(Dicts.copy(map, budget));
                continue;
            }
            for (Iterator<Object> pairs = Values.iterate(source); pairs.hasNext(); ) {
                List<Object> pair = Values.list(pairs.next(), budget);
                if (pair.size() != 2) {
                    throw Fault.of("dict() needs pairs, got an element of length " + pair.size());
                }
                Dicts.put(dict, pair.get(0), pair.get(1), budget);
            }
        }
        budget.elements(arguments.named().size());
        dict.putAll(arguments.named());
        return dict;
    }

    private static Namespace namespace(Arguments arguments, Budget budget) {
        Namespace namespace = new Namespace();
        dict(arguments, budget)
                .forEach((key, value) -> namespace.attributes().put(Values.string(key, "a name"), value));
        return namespace;
    }

    /** Nothing the first time, the separator from then on. */
    private static Callable joiner(Arguments arguments) {
        Object separator = arguments.bind("joiner", "sep").get("sep", ", ");
        boolean[] used = {false};
        return call -> {
            boolean first = !used[0];
            used[0] = true;
            return first ? "" : separator;
        };
    }

    /** Gives its items in turn. */
    static final class Cycler implements Callable {
        private final List<Object> items;
        private int position;

        Cycler(List<Object> items) {
            if (items.isEmpty()) {
                throw Fault.of("at least one item has to be provided");
            }
            this.items = items;
        }

        @Nullable
        Object member(String name) {
            return switch (name) {
                case "current" -> items.get(position);
                case "next" ->
                    Members.method(0, 0, a -> {
                        Object item = items.get(position);
                        position = (position + 1) % items.size();
                        return item;
                    });
                case "reset" ->
                    Members.method(0, 0, a -> {
                        position = 0;
                        return None.NONE;
                    });
                default -> null;
            };
        }

        @Override
        public Object call(Arguments arguments) {
            throw Fault.of("'Cycler' object is not callable");
        }
    }
}
