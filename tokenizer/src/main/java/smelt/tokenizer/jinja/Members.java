package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code object.name}, {@code object[index]} and {@code object[start:stop:step]}. */
final class Members {
    /** Methods that change a list or dict; the sandbox gives an undefined value for them. */
    private static final Set<String> LIST_CHANGERS =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    private static final Set<String> DICT_CHANGERS = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Members() {}

    /** The attribute, else the key of that name. */
    static Object attribute(Object object, String name, Budget budget) {
        Object member = member(object, name, budget);
        if (member != null) {
            return member;
        }
        if (object instanceof Map<?, ?> map) {
            Object value = Dicts.find(map, name, budget);
            if (value != null) {
                return value;
            }
        }
        return Undefined.attribute(object, name);
    }

    /** The element or key, else the attribute of that name. */
    static Object item(Object object, Object index, Budget budget) {
        Object element = element(object, index, budget);
        if (element == null && Values.isString(index)) {
            element = member(object, Values.string(index, ""), budget);
        }
        if (element != null) {
            return element;
        }
        return Values.isString(index)
                ? Undefined.attribute(object, Values.string(index, ""))
                : Undefined.element(object);
    }

    private static @Nullable Object element(Object object, Object index, Budget budget) {
        switch (object) {
            case Undefined undefined -> throw undefined.fault();
            case Map<?, ?> map -> {
                boolean hashable = !(index instanceof Map<?, ?>)
                        && (!(index instanceof List<?>) || index instanceof Tuple || index instanceof Range);
                return hashable ? Dicts.find(map, index, budget) : null;
            }
            case List<?> list -> {
                long at = position(index, list.size());
                return at < 0 ? null : list.get((int) at);
            }
            case String text -> {
                return character(text, index);
            }
            case Markup markup -> {
                String character = character(markup.text(), index);
                return character == null ? null : new Markup(character);
            }
            default -> {
                return null;
            }
        }
    }

    private static @Nullable String character(String text, Object index) {
        long at = position(index, Text.length(text));
        if (at < 0) {
            return null;
        }
        int offset = Text.offset(text, (int) at);
        return Character.toString(text.codePointAt(offset));
    }

    /** The index counted from the start, or -1 where there is no such element. */
    private static long position(Object index, int size) {
        if (!(index instanceof Long) && !(index instanceof Boolean)) {
            return -1;
        }
        long at = Values.index(index);
        long fromStart = at < 0 ? at + size : at;
        return fromStart < size ? fromStart : -1;
    }

    private static @Nullable Object member(Object object, String name, Budget budget) {
        return switch (object) {
            case Undefined undefined -> throw undefined.fault();
            case String text -> StringMethods.find(text, name, budget);
            case Markup markup -> StringMethods.find(markup, name, budget);
            case Map<?, ?> map -> dictMember(map, name, budget);
            case Tuple.Group group -> groupMember(group, name, budget);
            case Range range -> listMethod(range, name, budget);
            case List<?> list -> listMember(list, name, budget);
            case Namespace namespace -> namespace.attributes().get(name);
            case Loop loop -> loop.member(name);
            case MacroFunction macro -> macro.member(name);
            case Globals.Cycler cycler -> cycler.member(name);
            case Boolean flag -> numberMember(flag, name);
            case Long number -> numberMember(number, name);
            case Double number -> numberMember(number, name);
            default -> null;
        };
    }

    private static @Nullable Object groupMember(Tuple.Group group, String name, Budget budget) {
        return switch (name) {
            case "grouper" -> group.get(0);
            case "list" -> group.get(1);
            default -> listMethod(group, name, budget);
        };
    }

    private static @Nullable Object numberMember(Object number, String name) {
        return switch (name) {
            case "real" -> number instanceof Boolean ? (Object) Values.index(number) : number;
            case "imag" -> number instanceof Double ? (Object) 0.0 : (Object) 0L;
            case "numerator" -> number instanceof Double ? null : (Object) Values.index(number);
            case "denominator" -> number instanceof Double ? null : (Object) 1L;
            case "is_integer" -> number instanceof Double value ? method(0, 0, a -> value == Math.rint(value)) : null;
            case "bit_length" ->
                number instanceof Double
                        ? null
                        : method(0, 0, a -> 64L - Long.numberOfLeadingZeros(Math.abs(Values.index(number))));
            default -> null;
        };
    }

    private static @Nullable Object listMember(List<?> list, String name, Budget budget) {
        if (!(list instanceof Tuple) && LIST_CHANGERS.contains(name)) {
            return unsafe(name, "list");
        }
        if (!(list instanceof Tuple) && name.equals("copy")) {
            return method(0, 0, a -> Values.list(list, budget));
        }
        return listMethod(list, name, budget);
    }

    private static @Nullable Object listMethod(List<?> list, String name, Budget budget) {
        return switch (name) {
            case "count" ->
                method(
                        1,
                        1,
                        a -> list.stream()
                                .filter(item -> Comparison.equal(item, a.get(0), budget))
                                .count());
            case "index" -> method(1, 3, a -> indexOf(list, a, budget));
            default -> null;
        };
    }

    private static Object indexOf(List<?> list, List<Object> arguments, Budget budget) {
        long from = arguments.size() > 1 ? bound(Values.index(arguments.get(1)), list.size()) : 0;
        long to = arguments.size() > 2 ? bound(Values.index(arguments.get(2)), list.size()) : list.size();
        for (long i = from; i < to; i++) {
            if (Comparison.equal(list.get((int) i), arguments.get(0), budget)) {
                return i;
            }
        }
        throw Fault.of("the value is not in the list");
    }

    /** A start or end index, counted from the start and within 0..size. */
    static long bound(long index, long size) {
        return index < 0 ? Math.max(0, index + size) : Math.min(index, size);
    }

    private static @Nullable Object dictMember(Map<?, ?> map, String name, Budget budget) {
        if (DICT_CHANGERS.contains(name)) {
            return unsafe(name, "dict");
        }
        return switch (name) {
            case "get" ->
                method(1, 2, a -> {
                    Object value = Dicts.find(map, a.get(0), budget);
                    return value != null ? value : a.size() > 1 ? a.get(1) : None.NONE;
                });
            case "keys" -> method(0, 0, a -> view(View.keys(map), budget));
            case "values" -> method(0, 0, a -> view(View.values(map), budget));
            case "items" -> method(0, 0, a -> view(View.items(map), budget));
            case "copy" -> method(0, 0, a -> Dicts.copy(map, budget));
            default -> null;
        };
    }

    private static View view(View view, Budget budget) {
        budget.elements(view.elements().size());
        return view;
    }

    private static Undefined unsafe(String name, String type) {
        return new Undefined("access to attribute '" + name + "' of '" + type + "' object is unsafe");
    }

    /** A method that takes between {@code least} and {@code most} positional arguments. */
    static Callable method(int least, int most, Method body) {
        return new Callable() {
            @Override
            public Object call(Arguments arguments) {
                int count = arguments.positional().size();
                if (!arguments.named().isEmpty()) {
                    throw Fault.of("the method takes no keyword arguments");
                }
                if (count < least || count > most) {
                    throw Fault.of("the method takes " + least + " to " + most + " arguments, got " + count);
                }
                return body.apply(arguments.positional());
            }

            @Override
            public String describe() {
                return "<built-in method>";
            }
        };
    }

    /** The body of a {@link #method}. */
    interface Method {
        Object apply(List<Object> arguments);
    }

    /** Python's slice; {@code None} or a missing part means from the start, to the end, by one. */
    static Object slice(Object object, Object start, Object stop, Object step, Budget budget) {
        if (object instanceof Undefined undefined) {
            throw undefined.fault();
        }
        boolean sliceable = Values.isString(object) || object instanceof List<?>;
        if (!sliceable) {
            throw Fault.of("'" + Values.typeName(object) + "' object cannot be sliced");
        }
        int size = (int) Values.length(object);
        long by = step == None.NONE ? 1 : sliceIndex(step);
        if (by == 0) {
            throw Fault.of("slice step cannot be zero");
        }
        long from = clamp(start, by > 0 ? 0 : size - 1, by, size);
        long to = clamp(stop, by > 0 ? size : -1, by, size);
        long span = by > 0 ? to - from : from - to;
        int count = span <= 0 ? 0 : (int) ((span - 1) / Math.abs(Math.max(by, -Long.MAX_VALUE)) + 1);
        return switch (object) {
            case String text -> characters(text, from, by, count, budget);
            case Markup markup -> new Markup(characters(markup.text(), from, by, count, budget));
            case Range range -> range.slice(from, to, by, count);
            default -> elements((List<?>) object, from, by, count, budget);
        };
    }

    private static long sliceIndex(Object index) {
        if (index instanceof Long || index instanceof Boolean) {
            return Values.index(index);
        }
        throw Fault.of("slice indices must be integers or None, not " + Values.typeName(index));
    }

    private static long clamp(Object index, long fallback, long step, int size) {
        if (index == None.NONE) {
            return fallback;
        }
        long at = sliceIndex(index);
        long low = step > 0 ? 0 : -1;
        long high = step > 0 ? size : size - 1;
        return at < 0 ? Math.max(at + size, low) : Math.min(at, high);
    }

    private static String characters(String text, long from, long by, int count, Budget budget) {
        budget.allocate(text.length());
        if (count == 0) {
            return "";
        }
        if (by == 1) {
            int start = Text.offset(text, (int) from);
            return text.substring(start, text.offsetByCodePoints(start, count));
        }
        int[] points = text.codePoints().toArray();
        StringBuilder out = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            out.appendCodePoint(points[(int) (from + i * by)]);
        }
        return out.toString();
    }

    private static Object elements(List<?> list, long from, long by, int count, Budget budget) {
        budget.elements(count);
        List<Object> out = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            out.add(list.get((int) (from + i * by)));
        }
        return list instanceof Tuple ? new Tuple(out) : out;
    }
}
