package smelt.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards engine/: which rests of tokens are nothing but letters of a kind. */
class LettersTest {
    private static final List<CharSet> SETS = List.of(
            CharSet.of(0x20, 0x21, 0x23, 0x5B, 0x5D, Character.MAX_CODE_POINT),
            CharSet.of('0', '9', 'A', 'Z', 'a', 'z'),
            CharSet.of(' ', ' ', ',', ',', '.', '.', '0', '9', 'A', 'Z', 'a', 'z', 0x80, Character.MAX_CODE_POINT));

    private static byte[][] texts() {
        byte[][] tiny = TinyVocabulary.texts();
        byte[][] more = Arrays.copyOf(tiny, tiny.length + 3);
        more[tiny.length] = "abé日本 x".getBytes(StandardCharsets.UTF_8);
        more[tiny.length + 1] = "日本\"".getBytes(StandardCharsets.UTF_8);
        more[tiny.length + 2] = Arrays.copyOf("name日本".getBytes(StandardCharsets.UTF_8), 8);
        return more;
    }

    @Test
    void longestRestsAreWhatTheTokensSay() {
        byte[][] texts = texts();
        TokenTrie trie = TokenTrie.of(texts);
        byte[] path = new byte[trie.longest + 1];
        for (int node = 0; node < trie.size(); node++) {
            path[trie.depths[node] - 1] = trie.bytes[node];
            byte[] begin = Arrays.copyOf(path, trie.depths[node]);
            for (int kind = 0; kind < SETS.size(); kind++) {
                assertThat(trie.letters[kind][node])
                        .as("kind %d behind %s", kind, Arrays.toString(begin))
                        .isEqualTo(longest(texts, begin, SETS.get(kind)));
            }
        }
    }

    private static byte longest(byte[][] texts, byte[] begin, CharSet set) {
        int longest = 0;
        for (byte[] text : texts) {
            if (text.length > begin.length && Arrays.equals(begin, Arrays.copyOf(text, begin.length))) {
                longest = Math.max(longest, letters(Arrays.copyOfRange(text, begin.length, text.length), set));
            }
        }
        return (byte) longest;
    }

    private static int letters(byte[] rest, CharSet set) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(rest))
                    .toString();
            boolean all = text.codePoints().allMatch(set::contains);
            return all ? text.codePointCount(0, text.length()) : Letters.OTHERS;
        } catch (CharacterCodingException e) {
            return Letters.OTHERS;
        }
    }
}
