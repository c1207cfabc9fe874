package smelt.engine.constraint;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import smelt.tokenizer.Tokenizer;

/**
 * What the tokens of a vocabulary write.
 *
 * @param texts bytes by token; none for control tokens
 * @param trie of them
 * @param firstTrie of what they write where they come first, if that is something else; else null
 * @param controls tokens that write nothing, by what they spell
 */
@SuppressWarnings("ArrayRecordComponent") // read only
record Vocabulary(byte[][] texts, TokenTrie trie, @Nullable TokenTrie firstTrie, Controls controls) {
    int size() {
        return texts.length;
    }

    static Vocabulary of(byte[][] texts) {
        return new Vocabulary(texts, TokenTrie.of(texts), null, Controls.NONE);
    }

    static Vocabulary of(Tokenizer tokenizer) {
        byte[][] texts = new byte[tokenizer.vocabularySize()][];
        var controls = new Controls();
        boolean stripsFirst = false;
        for (int id = 0; id < texts.length; id++) {
            texts[id] = tokenizer.bytes(id, false);
            if (tokenizer.isControl(id)) {
                controls.add(new String(tokenizer.bytes(id, true), StandardCharsets.UTF_8), id);
            }
            stripsFirst |= beginsWithSpace(texts[id])
                    && !tokenizer.decode(new int[] {id}, false).startsWith(" ");
        }
        TokenTrie trie = TokenTrie.of(texts);
        return new Vocabulary(texts, trie, stripsFirst ? TokenTrie.of(stripped(texts)) : null, controls);
    }

    private static boolean beginsWithSpace(byte[] text) {
        return text.length > 0 && text[0] == ' ';
    }

    private static byte[][] stripped(byte[][] texts) {
        byte[][] all = texts.clone();
        for (int id = 0; id < all.length; id++) {
            all[id] = beginsWithSpace(all[id]) ? java.util.Arrays.copyOfRange(all[id], 1, all[id].length) : all[id];
        }
        return all;
    }

    /** Bytes that the token writes, given whether something was written before. */
    byte[] text(int token, boolean begun) {
        byte[] text = token < texts.length ? texts[token] : new byte[0];
        boolean strips = !begun && firstTrie != null && beginsWithSpace(text);
        return strips ? java.util.Arrays.copyOfRange(text, 1, text.length) : text;
    }
}
