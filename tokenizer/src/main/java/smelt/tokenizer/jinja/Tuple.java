package smelt.tokenizer.jinja;

import java.util.AbstractList;
import java.util.List;

/** An immutable sequence that prints with round brackets and never equals a list. */
class Tuple extends AbstractList<Object> {
    private final List<Object> items;

    Tuple(List<Object> items) {
        this.items = items;
    }

    static Tuple of(Object... items) {
        return new Tuple(List.of(items));
    }

    @Override
    public Object get(int index) {
        return items.get(index);
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tuple tuple && items.equals(tuple.items);
    }

    @Override
    public int hashCode() {
        return items.hashCode();
    }

    /** One group of the {@code groupby} filter, whose parts also have names. */
    static final class Group extends Tuple {
        Group(Object grouper, List<Object> members) {
            super(List.of(grouper, members));
        }
    }
}
