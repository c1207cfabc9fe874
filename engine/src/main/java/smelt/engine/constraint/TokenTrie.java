package smelt.engine.constraint;

import java.util.Arrays;

/**
 * The tokens of a vocabulary by their bytes: nodes in the order in which a walk comes by, so that a walk is one pass
 * over arrays that leaves out what does not fit.
 */
final class TokenTrie {
    /** By node: its byte, its depth (1: first byte), the node behind all below it. */
    final byte[] bytes;

    final int[] depths;
    final int[] ends;
    /** The tokens that end at node {@code n} are {@code tokens[firstToken[n]..firstToken[n + 1])}. */
    final int[] firstToken;

    final int[] tokens;
    /** Bytes of the longest token. */
    final int longest;
    /** By kind of {@link Letters} and node, as {@link Letters#below} tells. */
    final byte[][] letters;

    private TokenTrie(byte[] bytes, int[] depths, int[] ends, int[] firstToken, int[] tokens, int longest) {
        this.bytes = bytes;
        this.depths = depths;
        this.ends = ends;
        this.firstToken = firstToken;
        this.tokens = tokens;
        this.longest = longest;
        letters = Letters.KINDS.stream().map(kind -> kind.below(this)).toArray(byte[][]::new);
    }

    int size() {
        return bytes.length;
    }

    /** @param texts bytes by token; tokens without any are left out */
    static TokenTrie of(byte[][] texts) {
        Integer[] order = new Integer[texts.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Arrays.compareUnsigned(texts[a], texts[b]));
        int total = 0;
        int longest = 0;
        byte[] last = {};
        for (int token : order) {
            total += texts[token].length - shared(last, texts[token]);
            last = texts[token];
            longest = Math.max(longest, last.length);
        }
        return fill(texts, order, total, longest);
    }

    private static TokenTrie fill(byte[][] texts, Integer[] order, int total, int longest) {
        var bytes = new byte[total];
        var depths = new int[total];
        var ends = new int[total];
        var firstToken = new int[total + 1];
        var tokens = new int[texts.length];
        int[] path = new int[longest + 1];
        int node = 0;
        int count = 0;
        byte[] last = {};
        for (int token : order) {
            byte[] text = texts[token];
            int same = shared(last, text);
            close(path, same, last.length, ends, node);
            for (int depth = same; depth < text.length; depth++) {
                path[depth + 1] = node;
                bytes[node] = text[depth];
                depths[node] = depth + 1;
                firstToken[node++] = count;
            }
            if (text.length > 0) {
                tokens[count++] = token;
            }
            last = text;
        }
        close(path, 0, last.length, ends, node);
        firstToken[total] = count;
        return new TokenTrie(bytes, depths, ends, firstToken, Arrays.copyOf(tokens, count), longest);
    }

    /** Nodes of the path below depth {@code from} end before {@code node}. */
    private static void close(int[] path, int from, int to, int[] ends, int node) {
        for (int depth = from + 1; depth <= to; depth++) {
            ends[path[depth]] = node;
        }
    }

    private static int shared(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }
}
