package smelt.engine.constraint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import smelt.engine.sampling.TokenSet;

/** Every byte, and some tokens of several as JSON and text have them; walks over what a constraint allows. */
public final class TinyVocabulary {
    private static final List<String> LONGER = List.of(
            "{\"", "\":", "\": \"", "\",", "\"}", "\"}}", "\"}]}", "},", "}}", "}}}", "]]", "],[", "[[", "[]", "{}",
            ", \"", "true", "tr", "ue", "false", "null", "12", "00", "0.", "ab", "abc", "name", "é", "日本", "\\u", "\\n",
            "\\\"", "  ", "    ", "<tool", "_call>", "</think", ">\n", "aaaa", "a1", "-", "2024", "-0", "T1", ":0");

    private TinyVocabulary() {}

    public static byte[][] texts() {
        List<byte[]> texts = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            texts.add(new byte[] {(byte) b});
        }
        LONGER.forEach(text -> texts.add(text.getBytes(StandardCharsets.UTF_8)));
        texts.add(new byte[0]);
        return texts.toArray(byte[][]::new);
    }

    static Constraint compile(Grammar grammar) {
        return Constraints.of(texts()).compile(grammar);
    }

    /**
     * A text of random allowed tokens that may end where it ends.
     *
     * @param patience tokens after which it takes shorter ways to an end; after many times as many it gives up: empty
     */
    static Optional<String> walk(Constraint constraint, byte[][] texts, Random random, int patience) {
        var out = new ByteArrayOutputStream();
        var set = new TokenSet(texts.length);
        Cursor at = constraint.start();
        for (int step = 0; ; step++) {
            if (at.mustEnd() || (at.mayEnd() && random.nextInt(patience) < step)) {
                return Optional.of(out.toString(StandardCharsets.UTF_8));
            }
            if (step > 200 * patience) {
                return Optional.empty();
            }
            constraint.allow(at, set);
            int token = pick(set, random, step > patience);
            out.writeBytes(texts[token]);
            at = constraint.advance(at, token);
        }
    }

    private static int pick(TokenSet set, Random random, boolean closes) {
        if (closes && random.nextInt(8) > 0) {
            char c = set.contains('"') ? '"' : "}]0,:b".charAt(random.nextInt(6));
            if (set.contains(c)) {
                return c;
            }
        }
        int count = set.count();
        if (count == 0) {
            throw new AssertionError("nothing is allowed");
        }
        int number = random.nextInt(count);
        for (int token = 0; ; token++) {
            if (set.contains(token) && number-- == 0) {
                return token;
            }
        }
    }

    /** Whether the constraint takes the text byte by byte and lets it end. */
    static boolean fits(Constraint constraint, String text) {
        Cursor at = constraint.start();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            try {
                at = constraint.advance(at, b & 0xFF);
            } catch (smelt.base.Failure e) {
                return false;
            }
        }
        return at.mayEnd();
    }
}
