package smelt.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Turns tokens into text one by one and never gives half a code point: bytes wait until their sequence is complete or
 * cannot become so. The pieces joined equal {@link Tokenizer#decode}. For one sequence and one thread.
 */
public final class StreamingDecoder {
    /** Bytes of one token, given whether it is the first that is shown. */
    interface TokenBytes {
        byte[] of(int id, boolean first);
    }

    private static final byte[] NONE = {};
    /** Tokens whose bytes may be part of one code point; some tokens have none. */
    private static final int MOST_WAITING = 8;

    private final IntPredicate shown;
    private final TokenBytes tokenBytes;
    private byte[] waiting = NONE;
    private boolean first = true;

    StreamingDecoder(IntPredicate shown, TokenBytes tokenBytes) {
        this.shown = shown;
        this.tokenBytes = tokenBytes;
    }

    /**
     * What is pushed goes on behind these tokens: their own text is not told, and a space before the first word is kept
     * where it stands between words. Together with what a decoder tells of {@code before} it is the text of all tokens.
     */
    public StreamingDecoder follow(int[] before) {
        int from = before.length;
        for (int counted = 0; from > 0 && counted < MOST_WAITING; ) {
            counted += shown.test(before[--from]) ? 1 : 0;
        }
        for (; from < before.length; from++) {
            push(before[from]);
        }
        return this;
    }

    /** The text that {@code id} completes; empty where its bytes still wait. */
    public String push(int id) {
        if (!shown.test(id)) {
            return "";
        }
        byte[] all = join(waiting, tokenBytes.of(id, first));
        first = false;
        int ready = all.length - incompleteTail(all);
        waiting = Arrays.copyOfRange(all, ready, all.length);
        return new String(all, 0, ready, StandardCharsets.UTF_8);
    }

    /** What still waits, as U+FFFD; the decoder then starts anew. */
    public String flush() {
        String rest = new String(waiting, StandardCharsets.UTF_8);
        waiting = NONE;
        first = true;
        return rest;
    }

    private static byte[] join(byte[] a, byte[] b) {
        if (a.length == 0) {
            return b;
        }
        byte[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    /** Length of the well-formed but unfinished sequence at the end, 0 to 3. */
    private static int incompleteTail(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int b = bytes[bytes.length - back] & 0xFF;
            if (b < 0x80) {
                return 0;
            }
            if (b >= 0xC0) {
                return back < sequenceLength(b) && mayContinue(bytes, bytes.length - back) ? back : 0;
            }
        }
        return 0;
    }

    private static int sequenceLength(int lead) {
        if (lead < 0xC2 || lead > 0xF4) {
            return 1;
        }
        return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    }

    /** Overlong forms, surrogates and values beyond U+10FFFF are malformed from the second byte on. */
    private static boolean mayContinue(byte[] bytes, int at) {
        if (at + 1 >= bytes.length) {
            return true;
        }
        int second = bytes[at + 1] & 0xFF;
        return switch (bytes[at] & 0xFF) {
            case 0xE0 -> second >= 0xA0;
            case 0xED -> second <= 0x9F;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second <= 0x8F;
            default -> true;
        };
    }
}
