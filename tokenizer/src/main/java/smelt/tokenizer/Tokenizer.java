package smelt.tokenizer;

import java.util.OptionalInt;
import java.util.Set;
import smelt.base.Failure;

/** Text to token ids and back. Instances are immutable and may be shared by threads. */
public interface Tokenizer {
    int vocabularySize();

    /**
     * The ids of {@code text}. A lone surrogate counts as U+FFFD.
     *
     * @param addSpecial whether begin and end tokens are added where the model's own rule adds them
     * @param parseSpecial whether control tokens written out in the text ({@code <|im_end|>}) become their ids
     */
    int[] encode(String text, boolean addSpecial, boolean parseSpecial);

    /** The ids of two texts for a model that compares them, with the special tokens that it wants around them. */
    int[] encodePair(String first, String second);

    /**
     * The raw bytes a token stands for in output; they need not be whole code points. Control tokens give none unless
     * {@code renderSpecial}.
     *
     * @throws Failure INVALID_ARGUMENT where {@code id} is outside the vocabulary
     */
    byte[] bytes(int id, boolean renderSpecial);

    /** The token as the vocabulary spells it. */
    String piece(int id);

    OptionalInt idOf(String piece);

    boolean isControl(int id);

    /** Whether generation stops at this token: end of sequence, of turn or of message. */
    default boolean isEndOfText(int id) {
        return endIds().contains(id);
    }

    Set<Integer> endIds();

    OptionalInt bos();

    OptionalInt eos();

    /** The text of all ids together, without a space that encoding put first; malformed UTF-8 becomes U+FFFD. */
    String decode(int[] ids, boolean renderSpecial);

    /** Decodes token by token; leaves control tokens out. */
    default StreamingDecoder decoder() {
        return decoder(false);
    }

    StreamingDecoder decoder(boolean renderSpecial);
}
