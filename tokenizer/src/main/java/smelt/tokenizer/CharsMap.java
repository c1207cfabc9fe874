package smelt.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * SentencePiece's compiled normalisation rules: a double-array trie (darts-clone) over UTF-8 whose values are places in
 * a block of zero-terminated replacements.
 */
final class CharsMap {
    static final CharsMap EMPTY = new CharsMap(new int[0], new byte[0]);

    private final int[] units;
    private final byte[] replacements;

    private CharsMap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /** @throws Failure MALFORMED where the sizes do not fit */
    static CharsMap of(byte[] blob) {
        if (blob.length == 0) {
            return EMPTY;
        }
        ByteBuffer in = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
        long trieBytes = blob.length < 4 ? -1 : in.getInt() & 0xFFFFFFFFL;
        if (trieBytes < 0 || trieBytes % 4 != 0 || trieBytes > blob.length - 4) {
            throw malformed("holds " + blob.length + " bytes for a trie of " + trieBytes);
        }
        int[] units = new int[(int) trieBytes / 4];
        in.asIntBuffer().get(units);
        return new CharsMap(units, Arrays.copyOfRange(blob, 4 + (int) trieBytes, blob.length));
    }

    /** What a match found: code points taken from the text and what stands for them. */
    record Match(int taken, String replacement) {
        static final Match NONE = new Match(0, "");
    }

    Match longest(int[] text, int start, int end) {
        return match(text, start, end, false);
    }

    Match shortest(int[] text, int start, int end) {
        return match(text, start, end, true);
    }

    private Match match(int[] text, int start, int end, boolean stopAtFirst) {
        Match found = Match.NONE;
        int node = units.length == 0 ? -1 : offset(units[0]);
        for (int i = start; i < end && node >= 0 && text[i] != 0; i++) {
            int length = CodePoints.utf8Length(text[i]);
            int unit = 0;
            for (int b = 0; b < length && node >= 0; b++) {
                int value = CodePoints.utf8Byte(text[i], length, b);
                unit = unitAt(node ^ value);
                boolean child = (unit & 0x800000FF) == value && unit != 0;
                node = child ? node ^ value ^ offset(unit) : -1;
            }
            if (node >= 0 && (unit >>> 8 & 1) == 1) {
                found = new Match(i - start + 1, replacement(unitAt(node) & 0x7FFFFFFF));
                if (stopAtFirst) {
                    return found;
                }
            }
        }
        return found;
    }

    private int unitAt(int index) {
        if (index < 0 || index >= units.length) {
            throw malformed("leads to unit " + index + " of " + units.length);
        }
        return units[index];
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }

    private String replacement(int at) {
        int end = at;
        while (end < replacements.length && replacements[end] != 0) {
            end++;
        }
        if (end >= replacements.length) {
            throw malformed("has an unfinished replacement at " + at + " of " + replacements.length + " bytes");
        }
        return new String(replacements, at, end - at, StandardCharsets.UTF_8);
    }

    private static Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, "The precompiled character map " + what);
    }
}
