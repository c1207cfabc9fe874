package smelt.engine;

import java.util.Arrays;
import smelt.tokenizer.StreamingDecoder;
import smelt.tokenizer.Tokenizer;

/** One sequence's way from tokens to text; never gives half a code point. */
interface TextDecoder {
    /** For models without a tokenizer: all texts are empty. */
    TextDecoder NONE = new TextDecoder() {
        @Override
        public String push(int id) {
            return "";
        }

        @Override
        public String flush() {
            return "";
        }
    };

    /** What is pushed goes on behind the text of these tokens. */
    default void follow(int[] prompt) {}

    /** The text that {@code id} completes. */
    String push(int id);

    /** What still waits, as U+FFFD. */
    String flush();

    /** Leaves control tokens out. */
    static TextDecoder of(Tokenizer tokenizer) {
        StreamingDecoder decoder = tokenizer.decoder();
        return new TextDecoder() {
            @Override
            public void follow(int[] prompt) {
                int known = tokenizer.vocabularySize();
                decoder.follow(Arrays.stream(prompt).filter(id -> id < known).toArray());
            }

            @Override
            public String push(int id) {
                // vocabularies may be padded in the weights beyond what the tokenizer knows
                return id < tokenizer.vocabularySize() ? decoder.push(id) : "";
            }

            @Override
            public String flush() {
                return decoder.flush();
            }
        };
    }
}
