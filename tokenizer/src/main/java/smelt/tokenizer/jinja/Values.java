package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PrimitiveIterator;

/** What Python's types have in common: truth, length, iteration, names. */
final class Values {
    private Values() {}

    static boolean truth(Object value) {
        return switch (value) {
            case None none -> false;
            case Undefined undefined -> false;
            case Boolean flag -> flag;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case Markup markup -> !markup.text().isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case View view -> !view.elements().isEmpty();
            default -> true;
        };
    }

    static String typeName(Object value) {
        return switch (value) {
            case None none -> "NoneType";
            case Undefined undefined -> "Undefined";
            case Boolean flag -> "bool";
            case Long number -> "int";
            case Double number -> "float";
            case String text -> "str";
            case Markup markup -> "Markup";
            case Tuple tuple -> "tuple";
            case Range range -> "range";
            case List<?> list -> "list";
            case Map<?, ?> map -> "dict";
            case View view -> view.kind();
            case Generator generator -> "generator";
            case Namespace namespace -> "Namespace";
            case Loop loop -> "LoopContext";
            case MacroFunction macro -> "Macro";
            default -> "function";
        };
    }

    static boolean isString(Object value) {
        return value instanceof String || value instanceof Markup;
    }

    /** The text of a string; {@code what} names the value where it is none. */
    static String string(Object value, String what) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            case Undefined undefined -> throw undefined.fault();
            default -> throw Fault.of(what + " must be str, not " + typeName(value));
        };
    }

    /** An integer where one is needed: an index, a width, a count. */
    static long index(Object value) {
        return switch (value) {
            case Long number -> number;
            case Boolean flag -> flag ? 1 : 0;
            case Undefined undefined -> throw undefined.fault();
            default -> throw Fault.of("'" + typeName(value) + "' object cannot be interpreted as an integer");
        };
    }

    static long length(Object value) {
        return switch (value) {
            case String text -> Text.length(text);
            case Markup markup -> Text.length(markup.text());
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case View view -> view.elements().size();
            case Undefined undefined -> 0;
            default -> throw Fault.of("object of type '" + typeName(value) + "' has no len()");
        };
    }

    static boolean isIterable(Object value) {
        return switch (value) {
            case None none -> false;
            case Boolean flag -> false;
            case Long number -> false;
            case Double number -> false;
            case Namespace namespace -> false;
            case Callable callable -> false;
            default -> true;
        };
    }

    @SuppressWarnings("unchecked")
    static Iterator<Object> iterate(Object value) {
        return switch (value) {
            case String text -> characters(text);
            case Markup markup -> characters(markup.text());
            case List<?> list -> (Iterator<Object>) list.iterator();
            case Map<?, ?> map -> (Iterator<Object>) map.keySet().iterator();
            case View view -> view.elements().iterator();
            case Generator generator -> generator.elements();
            case Undefined undefined -> List.of().iterator();
            default -> throw Fault.of("'" + typeName(value) + "' object is not iterable");
        };
    }

    private static Iterator<Object> characters(String text) {
        PrimitiveIterator.OfInt points = text.codePoints().iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return points.hasNext();
            }

            @Override
            public Object next() {
                return Character.toString(points.nextInt());
            }
        };
    }

    /** A new list of everything that {@code value} iterates over. */
    static List<Object> list(Object value, Budget budget) {
        List<Object> items = new ArrayList<>();
        for (Iterator<Object> all = iterate(value); all.hasNext(); ) {
            if (items.size() % 64 == 0) {
                budget.elements(64);
            }
            items.add(all.next());
        }
        return items;
    }
}
