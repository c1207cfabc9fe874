package smelt.engine.sampling;

import java.util.Arrays;

/** A set of tokens of one vocabulary, as bits; reused for step after step. Owned by one thread. */
public final class TokenSet {
    private final int vocabulary;
    private final long[] words;

    /** An empty one. */
    public TokenSet(int vocabulary) {
        this.vocabulary = vocabulary;
        words = new long[words(vocabulary)];
    }

    /** How many words of 64 bits hold a vocabulary. */
    public static int words(int vocabulary) {
        return Math.ceilDiv(vocabulary, Long.SIZE);
    }

    public int vocabulary() {
        return vocabulary;
    }

    public void clear() {
        Arrays.fill(words, 0);
    }

    public void add(int token) {
        words[token >> 6] |= 1L << token;
    }

    public void remove(int token) {
        words[token >> 6] &= ~(1L << token);
    }

    /** Adds those whose bits are set: the lowest of the first word is token 0. */
    public void addAll(long[] bits) {
        for (int i = 0; i < bits.length; i++) {
            words[i] |= bits[i];
        }
    }

    public boolean contains(int token) {
        return (words[token >> 6] >>> token & 1) != 0;
    }

    public boolean isEmpty() {
        for (long word : words) {
            if (word != 0) {
                return false;
            }
        }
        return true;
    }

    public int count() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /** Whether none of {@code from} to before {@code to} is in it; {@code from} is a multiple of 64. */
    boolean hasNone(int from, int to) {
        long any = 0;
        for (int word = from >> 6; word << 6 < to; word++) {
            any |= words[word];
        }
        return any == 0;
    }

    /** Whether all of {@code from} to before {@code to} are in it; {@code from} is a multiple of 64. */
    boolean hasAll(int from, int to) {
        int count = 0;
        for (int word = from >> 6; word << 6 < to; word++) {
            count += Long.bitCount(words[word]);
        }
        return count == to - from;
    }
}
