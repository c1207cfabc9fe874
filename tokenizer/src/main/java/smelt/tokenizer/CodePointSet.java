package smelt.tokenizer;

import java.util.Arrays;

/** An immutable set of code points, kept as the sorted positions where membership changes. */
final class CodePointSet {
    private static final int LIMIT = Character.MAX_CODE_POINT + 1;
    /** Nothing is assigned between these. */
    private static final int GAP_START = 0x40000;

    private static final int GAP_END = 0xE0000;

    static final CodePointSet NONE = new CodePointSet(new int[0]);
    static final CodePointSet ALL = NONE.negate();
    /** The White_Space property, which is what {@code \s} means to the reference tokenizers. */
    static final CodePointSet WHITESPACE = ranges(
            '\t', '\r', ' ', ' ', 0x85, 0x85, 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F,
            0x202F, 0x205F, 0x205F, 0x3000, 0x3000);

    private final int[] changes;
    private final long low;
    private final long high;

    private CodePointSet(int[] changes) {
        this.changes = changes;
        this.low = bits(0);
        this.high = bits(64);
    }

    /** Inclusive ranges in ascending order, first and last in turn. */
    static CodePointSet ranges(int... bounds) {
        CodePointSet set = NONE;
        for (int i = 0; i < bounds.length; i += 2) {
            set = set.union(new CodePointSet(new int[] {bounds[i], bounds[i + 1] + 1}));
        }
        return set;
    }

    static CodePointSet of(int codePoint) {
        return new CodePointSet(new int[] {codePoint, codePoint + 1});
    }

    /** Code points whose {@link Character#getType} bit is set in {@code mask}. */
    static CodePointSet categories(int mask) {
        CodePointSet set = NONE;
        for (int type = 0; type < Categories.CHANGES.length; type++) {
            if ((mask >>> type & 1) != 0) {
                set = set.union(new CodePointSet(Categories.CHANGES[type]));
            }
        }
        return set;
    }

    static CodePointSet script(Character.UnicodeScript script) {
        Changes out = new Changes();
        for (int cp = 0; cp < LIMIT; cp = next(cp)) {
            out.member(cp, Character.UnicodeScript.of(cp) == script);
        }
        return new CodePointSet(out.toArray());
    }

    boolean contains(int codePoint) {
        if (codePoint < 128) {
            return ((codePoint < 64 ? low : high) >>> codePoint & 1) != 0;
        }
        int at = Arrays.binarySearch(changes, codePoint);
        return at >= 0 ? at % 2 == 0 : (-at - 1) % 2 == 1;
    }

    /** The only member, or -1 where there is none or more than one. */
    int single() {
        return changes.length == 2 && changes[1] == changes[0] + 1 ? changes[0] : -1;
    }

    CodePointSet union(CodePointSet other) {
        return negate().intersect(other.negate()).negate();
    }

    CodePointSet intersect(CodePointSet other) {
        Changes out = new Changes();
        int i = 0;
        int j = 0;
        while (i < changes.length || j < other.changes.length) {
            int a = i < changes.length ? changes[i] : LIMIT;
            int b = j < other.changes.length ? other.changes[j] : LIMIT;
            i += a <= b ? 1 : 0;
            j += b <= a ? 1 : 0;
            out.member(Math.min(a, b), i % 2 == 1 && j % 2 == 1);
        }
        return new CodePointSet(out.toArray());
    }

    CodePointSet negate() {
        if (changes.length > 0 && changes[0] == 0) {
            return new CodePointSet(Arrays.copyOfRange(changes, 1, changes.length));
        }
        int[] negated = new int[changes.length + 1];
        System.arraycopy(changes, 0, negated, 1, changes.length);
        return new CodePointSet(negated);
    }

    /** Adds the other case of every ASCII letter, and the two letters beyond ASCII that fold to one. */
    CodePointSet foldCase() {
        CodePointSet set = this;
        for (int c = 'a'; c <= 'z'; c++) {
            if (contains(c) || contains(c - 32)) {
                set = set.union(of(c)).union(of(c - 32));
            }
        }
        for (int[] pair : new int[][] {{'s', 0x17F}, {'k', 0x212A}}) {
            if (set.contains(pair[0]) || set.contains(pair[1])) {
                set = set.union(of(pair[0])).union(of(pair[0] - 32)).union(of(pair[1]));
            }
        }
        return set;
    }

    private long bits(int from) {
        long bits = 0;
        boolean member = false;
        int at = 0;
        for (int cp = 0; cp < from + 64; cp++) {
            while (at < changes.length && changes[at] == cp) {
                member = !member;
                at++;
            }
            if (member && cp >= from) {
                bits |= 1L << cp;
            }
        }
        return bits;
    }

    private static int next(int cp) {
        return cp + 1 == GAP_START ? GAP_END : cp + 1;
    }

    private static final class Changes {
        private int[] at = new int[16];
        private int size;
        private boolean inside;

        void member(int cp, boolean member) {
            if (member != inside) {
                add(cp);
                inside = member;
            }
        }

        void add(int cp) {
            if (size == at.length) {
                at = Arrays.copyOf(at, size * 2);
            }
            at[size++] = cp;
        }

        int[] toArray() {
            int[] all = Arrays.copyOf(at, size);
            return size > 0 && all[size - 1] == LIMIT ? Arrays.copyOf(all, size - 1) : all;
        }
    }

    private static final class Categories {
        /** Largest {@link Character#getType} value plus one. */
        private static final int TYPES = 31;

        static final int[][] CHANGES = scan();

        private Categories() {}

        private static int[][] scan() {
            Changes[] changes = new Changes[TYPES];
            Arrays.setAll(changes, i -> new Changes());
            int before = -1;
            for (int cp = 0; cp < LIMIT; cp = next(cp)) {
                int type = Character.getType(cp);
                if (type != before) {
                    if (before >= 0) {
                        changes[before].add(cp);
                    }
                    changes[type].add(cp);
                    before = type;
                }
            }
            return Arrays.stream(changes).map(Changes::toArray).toArray(int[][]::new);
        }
    }
}
