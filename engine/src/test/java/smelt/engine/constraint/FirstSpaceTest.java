package smelt.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.engine.sampling.TokenSet;
import smelt.tokenizer.StreamingDecoder;
import smelt.tokenizer.Tokenizer;

/** Guards engine/: a vocabulary whose texts lose the space before their first word, as SentencePiece's do. */
class FirstSpaceTest {
    private static final List<String> PIECES = List.of(
            " ", "  ", " a", " ab", "a", "b", "c", " c", "ab", "abc", " {\"", "{\"", "\"}", "\"", ":", "1", "}");
    private static final Tokenizer TOKENIZER = new Pieces();

    /** Writes pieces as they are, but for a space at the beginning of all. */
    private static final class Pieces implements Tokenizer {
        @Override
        public int vocabularySize() {
            return PIECES.size();
        }

        @Override
        public byte[] bytes(int id, boolean renderSpecial) {
            return piece(id).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String piece(int id) {
            return PIECES.get(id);
        }

        @Override
        public boolean isControl(int id) {
            return false;
        }

        @Override
        public String decode(int[] ids, boolean renderSpecial) {
            StringBuilder text = new StringBuilder();
            Arrays.stream(ids).forEach(id -> text.append(piece(id)));
            return text.indexOf(" ") == 0 ? text.substring(1) : text.toString();
        }

        @Override
        public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int[] encodePair(String first, String second) {
            throw new UnsupportedOperationException();
        }

        @Override
        public OptionalInt idOf(String piece) {
            return OptionalInt.empty();
        }

        @Override
        public Set<Integer> endIds() {
            return Set.of();
        }

        @Override
        public OptionalInt bos() {
            return OptionalInt.empty();
        }

        @Override
        public OptionalInt eos() {
            return OptionalInt.empty();
        }

        @Override
        public StreamingDecoder decoder(boolean renderSpecial) {
            throw new UnsupportedOperationException();
        }
    }

    private static List<String> allowed(Constraint constraint, Cursor at) {
        var set = new TokenSet(PIECES.size());
        constraint.allow(at, set);
        List<String> all = new ArrayList<>();
        for (int token = 0; token < PIECES.size(); token++) {
            boolean fits = fits(constraint, at, token);
            assertThat(set.contains(token)).as(PIECES.get(token)).isEqualTo(fits);
            if (fits) {
                all.add(PIECES.get(token));
            }
        }
        return all;
    }

    private static boolean fits(Constraint constraint, Cursor at, int token) {
        try {
            Cursor unused = constraint.advance(at, token);
            return true;
        } catch (Failure e) {
            return false;
        }
    }

    @Test
    void theFirstTokenMayHaveASpaceMore() {
        Constraint constraint = Constraints.of(TOKENIZER).compile(new Grammar.Literal("ab c"));
        Cursor start = constraint.start();
        // a space alone would write nothing
        assertThat(allowed(constraint, start)).contains("a", " a", "ab", " ab").doesNotContain("b", "  ", " c", "abc");
        Cursor behind = constraint.advance(start, PIECES.indexOf(" ab"));
        assertThat(allowed(constraint, behind)).containsExactly(" ", " c");
        assertThat(constraint.advance(behind, PIECES.indexOf(" c")).mustEnd()).isTrue();
    }

    @Test
    void whatIsDecodedFits() {
        List<Grammar> grammars = List.of(
                new Grammar.Literal("ab c"),
                new Grammar.Literal(" ab"),
                new Grammar.Regex(" ?(?:ab? ?)+c"),
                new Grammar.AnyJson(JsonKind.OBJECT));
        Random random = new Random(5);
        for (Grammar grammar : grammars) {
            Constraint constraint = Constraints.of(TOKENIZER).compile(grammar);
            Constraint bytes = TinyVocabulary.compile(grammar);
            for (int round = 0; round < 50; round++) {
                List<Integer> ids = new ArrayList<>();
                Cursor at = constraint.start();
                while (!at.mustEnd() && ids.size() < 40 && !(at.mayEnd() && random.nextInt(3) == 0)) {
                    List<String> all = allowed(constraint, at);
                    int id = PIECES.indexOf(all.get(random.nextInt(all.size())));
                    ids.add(id);
                    at = constraint.advance(at, id);
                }
                String text = TOKENIZER.decode(
                        ids.stream().mapToInt(Integer::intValue).toArray(), false);
                Cursor same = bytes.start();
                for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                    same = bytes.advance(same, b & 0xFF);
                }
                assertThat(same.mayEnd()).as("%s: '%s'", grammar, text).isEqualTo(at.mayEnd());
            }
        }
    }
}
