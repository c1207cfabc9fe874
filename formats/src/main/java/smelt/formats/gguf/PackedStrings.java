package smelt.formats.gguf;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.RandomAccess;

/**
 * An array of texts in little more memory than in the file, where a String object each would take six times as much.
 * Texts are made as they are asked for: go through it once rather than often. Invalid UTF-8 becomes U+FFFD.
 */
final class PackedStrings extends AbstractList<String> implements RandomAccess {
    /** Every text is preceded by its length. */
    private static final int PREFIX = 8;

    private final byte[] bytes;
    private final int[] ends;

    private PackedStrings(byte[] bytes, int[] ends) {
        this.bytes = bytes;
        this.ends = ends;
    }

    static PackedStrings read(GgufCursor cursor, long count) {
        int[] ends = new int[cursor.demand(count, PREFIX)];
        int start = cursor.at();
        for (int i = 0; i < ends.length; i++) {
            cursor.take(cursor.u64());
            ends[i] = cursor.at() - start;
        }
        return new PackedStrings(cursor.since(start), ends);
    }

    @Override
    public String get(int index) {
        int start = (index == 0 ? 0 : ends[index - 1]) + PREFIX;
        return new String(bytes, start, ends[index] - start, StandardCharsets.UTF_8);
    }

    @Override
    public int size() {
        return ends.length;
    }
}
