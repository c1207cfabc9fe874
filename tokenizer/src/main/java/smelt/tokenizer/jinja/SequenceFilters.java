package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Filters on lists, dicts and other iterables. */
final class SequenceFilters {
    private SequenceFilters() {}

    static Filters.@Nullable Filter find(String name) {
        return switch (name) {
            case "length", "count" -> (input, arguments, evaluator) -> Values.length(input);
            case "first" -> (input, arguments, evaluator) -> first(input);
            case "last" -> (input, arguments, evaluator) -> last(input, evaluator.budget());
            case "list" -> (input, arguments, evaluator) -> Values.list(input, evaluator.budget());
            case "reverse" -> (input, arguments, evaluator) -> reverse(input, evaluator.budget());
            case "join" -> SequenceFilters::join;
            case "items" -> lazy(SequenceFilters::items);
            case "dictsort" -> SequenceFilters::dictSort;
            case "sort" -> SequenceFilters::sort;
            case "unique" -> lazy(SequenceFilters::unique);
            case "min", "max" ->
                (input, arguments, evaluator) -> extreme(input, arguments, evaluator, name.equals("max"));
            case "sum" -> SequenceFilters::sum;
            case "batch" -> lazy(SequenceFilters::batch);
            case "slice" -> lazy(SequenceFilters::slice);
            case "groupby" -> SequenceFilters::groupBy;
            case "map" -> lazy(SequenceFilters::map);
            case "select" -> lazy((input, arguments, evaluator) -> select(input, arguments, evaluator, false, true));
            case "reject" -> lazy((input, arguments, evaluator) -> select(input, arguments, evaluator, false, false));
            case "selectattr" -> lazy((input, arguments, evaluator) -> select(input, arguments, evaluator, true, true));
            case "rejectattr" ->
                lazy((input, arguments, evaluator) -> select(input, arguments, evaluator, true, false));
            default -> null;
        };
    }

    /** A generator function: it starts, and may fail, when its first element is asked for. */
    private static Filters.Filter lazy(Filters.Filter filter) {
        return (input, arguments, evaluator) ->
                Generator.of(() -> Values.iterate(filter.apply(input, arguments, evaluator)));
    }

    private static Object first(Object input) {
        Iterator<Object> items = Values.iterate(input);
        return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
    }

    private static Object last(Object input, Budget budget) {
        if (input instanceof Generator) {
            throw Fault.of("'generator' object is not reversible");
        }
        List<Object> items = Values.list(input, budget);
        return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.getLast();
    }

    private static Object reverse(Object input, Budget budget) {
        if (Values.isString(input)) {
            String text = Values.string(input, "");
            budget.allocate(text.length());
            String reversed = Text.reverse(text);
            return input instanceof Markup ? new Markup(reversed) : reversed;
        }
        List<Object> reversed = Values.list(input, budget).reversed();
        return input instanceof Generator ? reversed : new Generator(reversed.iterator());
    }

    private static Object join(Object input, Arguments arguments, Evaluator evaluator) {
        Budget budget = evaluator.budget();
        Arguments.Bound bound = arguments.bind("join", "d", "attribute");
        String separator = Repr.text(bound.get("d", ""), budget);
        Function<Object, Object> getter = getter(bound.get("attribute", None.NONE), None.NONE, budget);
        StringBuilder out = new StringBuilder();
        boolean first = true;
        for (Iterator<Object> items = Values.iterate(input); items.hasNext(); first = false) {
            String text = Repr.text(getter.apply(items.next()), budget);
            budget.allocate((long) text.length() + separator.length());
            out.append(first ? "" : separator).append(text);
        }
        return out.toString();
    }

    private static Object items(Object input, Arguments arguments, Evaluator evaluator) {
        if (input instanceof Undefined) {
            return new Generator(List.of().iterator());
        }
        if (input instanceof Map<?, ?> map) {
            evaluator.budget().elements(map.size());
            return new Generator(View.items(map).elements().iterator());
        }
        throw Fault.of("Can only get item pairs from a mapping.");
    }

    private static Object dictSort(Object input, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        String by = bound.text("by", "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw Fault.of("You can only sort by either \"key\" or \"value\"");
        }
        if (!(input instanceof Map<?, ?> map)) {
            throw input instanceof Undefined undefined
                    ? undefined.fault()
                    : Fault.of("dictsort needs a dict, not " + Values.typeName(input));
        }
        List<Object> pairs = View.items(map).elements();
        int position = by.equals("key") ? 0 : 1;
        boolean sensitive = bound.truth("case_sensitive", false);
        Comparison.sort(
                pairs,
                pair -> caseless(((List<?>) pair).get(position), sensitive),
                bound.truth("reverse", false),
                evaluator.budget());
        return pairs;
    }

    /** How strings compare where case does not count. */
    private static Object caseless(Object value, boolean sensitive) {
        return sensitive || !Values.isString(value) ? value : Text.lower(Values.string(value, ""));
    }

    /**
     * The part of an item that a path like {@code a.b.0} names; the item itself for {@code None}.
     *
     * @param fallback what stands for undefined parts; None for nothing
     */
    private static Function<Object, Object> getter(Object path, Object fallback, Budget budget) {
        List<Object> parts = new ArrayList<>();
        if (path instanceof String dotted) {
            for (Object part : Text.split(dotted, ".", -1)) {
                String name = (String) part;
                boolean number =
                        !name.isEmpty() && name.length() < 10 && name.chars().allMatch(Character::isDigit);
                parts.add(number ? (Object) Long.valueOf(name) : name);
            }
        } else if (path != None.NONE) {
            parts.add(path);
        }
        return item -> {
            Object value = item;
            for (Object part : parts) {
                value = Members.item(value, part, budget);
                value = value instanceof Undefined && fallback != None.NONE ? fallback : value;
            }
            return value;
        };
    }

    private static Object sort(Object input, Arguments arguments, Evaluator evaluator) {
        Budget budget = evaluator.budget();
        Arguments.Bound bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        boolean sensitive = bound.truth("case_sensitive", false);
        Object attribute = bound.get("attribute", None.NONE);
        List<Function<Object, Object>> getters = new ArrayList<>();
        for (Object path : attribute instanceof String paths ? Text.split(paths, ",", -1) : List.of(attribute)) {
            getters.add(getter(path, None.NONE, budget));
        }
        List<Object> items = Values.list(input, budget);
        Comparison.sort(
                items,
                item -> {
                    List<Object> key = new ArrayList<>(getters.size());
                    getters.forEach(getter -> key.add(caseless(getter.apply(item), sensitive)));
                    return key;
                },
                bound.truth("reverse", false),
                budget);
        return items;
    }

    private static Object unique(Object input, Arguments arguments, Evaluator evaluator) {
        Budget budget = evaluator.budget();
        Arguments.Bound bound = arguments.bind("unique", "case_sensitive", "attribute");
        boolean sensitive = bound.truth("case_sensitive", false);
        Function<Object, Object> getter = getter(bound.get("attribute", None.NONE), None.NONE, budget);
        Map<Object, Object> seen = new HashMap<>();
        return new Generator(Evaluator.lazily(Values.iterate(input), item -> {
            Object key = caseless(getter.apply(item), sensitive);
            boolean isNew = Dicts.find(seen, key, budget) == null;
            budget.elements(1);
            Dicts.put(seen, key, true, budget);
            return isNew;
        }));
    }

    private static Object extreme(Object input, Arguments arguments, Evaluator evaluator, boolean greatest) {
        Budget budget = evaluator.budget();
        Arguments.Bound bound = arguments.bind(greatest ? "max" : "min", "case_sensitive", "attribute");
        boolean sensitive = bound.truth("case_sensitive", false);
        Function<Object, Object> getter = getter(bound.get("attribute", None.NONE), None.NONE, budget);
        Iterator<Object> items = Values.iterate(input);
        if (!items.hasNext()) {
            return new Undefined("No aggregated item, sequence was empty.");
        }
        Object best = items.next();
        Object bestKey = caseless(getter.apply(best), sensitive);
        while (items.hasNext()) {
            Object item = items.next();
            Object key = caseless(getter.apply(item), sensitive);
            if (Comparison.ordered(greatest ? Operator.GREATER : Operator.LESS, key, bestKey, budget)) {
                best = item;
                bestKey = key;
            }
        }
        return best;
    }

    private static Object sum(Object input, Arguments arguments, Evaluator evaluator) {
        Budget budget = evaluator.budget();
        Arguments.Bound bound = arguments.bind("sum", "attribute", "start");
        Function<Object, Object> getter = getter(bound.get("attribute", None.NONE), None.NONE, budget);
        Object sum = bound.get("start", 0L);
        if (Values.isString(sum)) {
            throw Fault.of("sum() can't sum strings");
        }
        for (Iterator<Object> items = Values.iterate(input); items.hasNext(); ) {
            sum = Arithmetic.apply(Operator.ADD, sum, getter.apply(items.next()), budget);
        }
        return sum;
    }

    private static Object batch(Object input, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("batch", "linecount", "fill_with");
        Object fill = bound.get("fill_with", None.NONE);
        // Python only compares the size, so that anything goes as long as nothing is filled.
        boolean sized = fill != None.NONE || bound.required("linecount") instanceof Long;
        long size = sized ? Values.index(bound.required("linecount")) : -1;
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        for (Object item : Values.list(input, evaluator.budget())) {
            if (batch.size() == size) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        if (!batch.isEmpty()) {
            fill(batch, fill, size - batch.size(), evaluator.budget());
            batches.add(batch);
        }
        return new Generator(batches.iterator());
    }

    private static void fill(List<Object> list, Object fill, long count, Budget budget) {
        if (fill != None.NONE && count > 0) {
            budget.elements(count);
            for (long i = 0; i < count; i++) {
                list.add(fill);
            }
        }
    }

    private static Object slice(Object input, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("slice", "slices", "fill_with");
        long count = Values.index(bound.required("slices"));
        if (count == 0) {
            throw Fault.of("integer division or modulo by zero");
        }
        Object fill = bound.get("fill_with", None.NONE);
        Budget budget = evaluator.budget();
        List<Object> items = Values.list(input, budget);
        budget.elements(Math.max(0, count));
        long base = Math.floorDiv(items.size(), count);
        long larger = Math.floorMod(items.size(), count);
        List<Object> slices = new ArrayList<>();
        int from = 0;
        for (long i = 0; i < count; i++) {
            int to = (int) (from + base + (i < larger ? 1 : 0));
            List<Object> slice = new ArrayList<>(items.subList(from, to));
            fill(slice, fill, i >= larger ? 1 : 0, budget);
            slices.add(slice);
            from = to;
        }
        return new Generator(slices.iterator());
    }

    private static Object groupBy(Object input, Arguments arguments, Evaluator evaluator) {
        Budget budget = evaluator.budget();
        Arguments.Bound bound = arguments.bind("groupby", "attribute", "default", "case_sensitive");
        boolean sensitive = bound.truth("case_sensitive", false);
        Function<Object, Object> getter = getter(bound.required("attribute"), bound.get("default", None.NONE), budget);
        List<Object> items = Values.list(input, budget);
        Comparison.sort(items, item -> caseless(getter.apply(item), sensitive), false, budget);
        List<Object> groups = new ArrayList<>();
        List<Object> members = new ArrayList<>();
        Object key = None.NONE;
        for (Object item : items) {
            Object next = caseless(getter.apply(item), sensitive);
            if (!members.isEmpty() && !Comparison.equal(key, next, budget)) {
                groups.add(new Tuple.Group(getter.apply(members.get(0)), members));
                members = new ArrayList<>();
            }
            key = next;
            members.add(item);
        }
        if (!members.isEmpty()) {
            groups.add(new Tuple.Group(getter.apply(members.get(0)), members));
        }
        return groups;
    }

    private static Object map(Object input, Arguments arguments, Evaluator evaluator) {
        Function<Object, Object> function = mapping(arguments, evaluator);
        Iterator<Object> items =
                Values.truth(input) ? Values.iterate(input) : List.of().iterator();
        return new Generator(new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Object next() {
                return function.apply(items.next());
            }
        });
    }

    private static Function<Object, Object> mapping(Arguments arguments, Evaluator evaluator) {
        if (!arguments.positional().isEmpty()) {
            String name = Values.string(arguments.positional().get(0), "a filter name");
            Arguments rest = arguments.skip(1);
            return item -> evaluator.filter(name, item, rest);
        }
        Arguments.Bound bound = arguments.bind("map", "attribute", "default");
        if (!bound.has("attribute")) {
            throw Fault.of("map requires a filter argument");
        }
        return getter(bound.required("attribute"), bound.get("default", None.NONE), evaluator.budget());
    }

    /** The items, or those whose attribute, that pass ({@code wanted}) or fail a test, or are true or false. */
    private static Object select(
            Object input, Arguments arguments, Evaluator evaluator, boolean byAttribute, boolean wanted) {
        if (byAttribute && arguments.positional().isEmpty()) {
            throw Fault.of("Missing parameter for attribute name");
        }
        if (!Values.truth(input)) {
            return new Generator(List.of().iterator());
        }
        Object path = byAttribute ? arguments.positional().get(0) : None.NONE;
        Function<Object, Object> getter = getter(path, None.NONE, evaluator.budget());
        Arguments test = byAttribute ? arguments.skip(1) : arguments;
        return new Generator(
                Evaluator.lazily(Values.iterate(input), item -> passes(getter.apply(item), test, evaluator) == wanted));
    }

    private static boolean passes(Object value, Arguments test, Evaluator evaluator) {
        if (test.positional().isEmpty()) {
            return Values.truth(value);
        }
        String name = Values.string(test.positional().get(0), "a test name");
        return evaluator.test(name, value, test.skip(1));
    }
}
