package smelt.engine;

/** One sequence's way from tokens to text; never gives half a code point. */
public interface TextDecoder {
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

    /** The text that {@code id} completes. */
    String push(int id);

    /** What still waits, as U+FFFD. */
    String flush();
}
