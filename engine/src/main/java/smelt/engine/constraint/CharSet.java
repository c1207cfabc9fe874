package smelt.engine.constraint;

import java.util.Arrays;

/** An immutable set of code points: inclusive ranges in ascending order that do not touch, first and last in turn. */
final class CharSet {
    static final CharSet NONE = new CharSet(new int[0]);
    static final CharSet ALL = new CharSet(new int[] {0, Character.MAX_CODE_POINT});
    static final CharSet DIGITS = of('0', '9');
    static final CharSet WORD = of('0', '9', 'A', 'Z', '_', '_', 'a', 'z');
    static final CharSet SPACE = of('\t', '\r', ' ', ' ');
    static final CharSet LINE_ENDS = of('\n', '\n', '\r', '\r', 0x2028, 0x2029);
    /** What some dialect or other counts as white space. */
    static final CharSet ANY_SPACE = SPACE.union(of(
            0x1C, 0x1F, 0x85, 0x85, 0xA0, 0xA0, 0x1680, 0x1680, 0x180E, 0x180E, 0x2000, 0x200B, 0x2028, 0x2029, 0x202F,
            0x202F, 0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF));

    private final int[] ranges;

    private CharSet(int[] ranges) {
        this.ranges = ranges;
    }

    /** Inclusive ranges in any order, first and last in turn. */
    static CharSet of(int... bounds) {
        CharSet set = NONE;
        for (int i = 0; i < bounds.length; i += 2) {
            set = set.union(new CharSet(new int[] {bounds[i], bounds[i + 1]}));
        }
        return set;
    }

    /** Inclusive ranges in ascending order that do not touch: the first {@code count} of these numbers. */
    static CharSet ordered(int[] bounds, int count) {
        return new CharSet(Arrays.copyOf(bounds, count));
    }

    static CharSet only(int codePoint) {
        return new CharSet(new int[] {codePoint, codePoint});
    }

    int rangeCount() {
        return ranges.length / 2;
    }

    int first(int range) {
        return ranges[2 * range];
    }

    int last(int range) {
        return ranges[2 * range + 1];
    }

    boolean isEmpty() {
        return ranges.length == 0;
    }

    boolean contains(int codePoint) {
        int at = Arrays.binarySearch(ranges, codePoint);
        return at >= 0 || (-at - 1) % 2 == 1;
    }

    CharSet union(CharSet other) {
        int[] all = new int[ranges.length + other.ranges.length];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < ranges.length || j < other.ranges.length) {
            boolean mine = j == other.ranges.length || (i < ranges.length && ranges[i] <= other.ranges[j]);
            int first = mine ? ranges[i] : other.ranges[j];
            int last = mine ? ranges[i + 1] : other.ranges[j + 1];
            i += mine ? 2 : 0;
            j += mine ? 0 : 2;
            if (count > 0 && first <= all[count - 1] + 1) {
                all[count - 1] = Math.max(all[count - 1], last);
            } else {
                all[count++] = first;
                all[count++] = last;
            }
        }
        return new CharSet(Arrays.copyOf(all, count));
    }

    CharSet negate() {
        int[] all = new int[ranges.length + 2];
        int count = 0;
        int next = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            if (ranges[i] > next) {
                all[count++] = next;
                all[count++] = ranges[i] - 1;
            }
            next = ranges[i + 1] + 1;
        }
        if (next <= Character.MAX_CODE_POINT) {
            all[count++] = next;
            all[count++] = Character.MAX_CODE_POINT;
        }
        return new CharSet(Arrays.copyOf(all, count));
    }

    CharSet minus(CharSet other) {
        return negate().union(other).negate();
    }

    CharSet and(CharSet other) {
        return negate().union(other.negate()).negate();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CharSet that && Arrays.equals(ranges, that.ranges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ranges);
    }
}
