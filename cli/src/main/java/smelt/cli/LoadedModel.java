package smelt.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Engine;
import smelt.tokenizer.Tokenizer;

/**
 * A model that is ready to answer.
 *
 * @param name as the user knows it
 * @param tokenizer empty for a model that knows ids only
 * @param chatFormat empty for a model that only continues text
 * @param endIds tokens that end an answer
 */
record LoadedModel(
        String name, Engine engine, Optional<Tokenizer> tokenizer, Optional<ChatFormat> chatFormat, Set<Integer> endIds)
        implements AutoCloseable {
    /** Messages to the text the model reads, up to where its answer begins. */
    interface ChatFormat {
        /** The text of {@code messages}, each with role and content. */
        String render(List<Map<String, Object>> messages);
    }

    /** The ids of a chat, up to where the answer begins. */
    int[] chatPrompt(List<Map<String, Object>> messages) {
        String text = chatFormat.orElseThrow().render(messages);
        return withBegin(requireTokenizer().encode(text, false, true));
    }

    /**
     * The ids of a text that is to be continued or scored, with the begin token where the model's own rule adds one.
     */
    int[] rawPrompt(String text) {
        return requireTokenizer().encode(text, true, true);
    }

    Tokenizer requireTokenizer() {
        return tokenizer.orElseThrow(
                () -> Failure.of(FailureCode.UNSUPPORTED, name + " has no tokenizer and cannot read text")
                        .withNextStep("smelt run and smelt score take token ids: --tokens 1,2,3"));
    }

    /** Many templates leave the begin token to the tokenizer; one that writes it itself must not get a second. */
    private int[] withBegin(int[] ids) {
        int[] begin = requireTokenizer().encode("", true, false);
        boolean adds = begin.length > 0
                && requireTokenizer().bos().isPresent()
                && begin[0] == requireTokenizer().bos().getAsInt();
        if (!adds || (ids.length > 0 && ids[0] == begin[0])) {
            return ids;
        }
        int[] longer = new int[ids.length + 1];
        longer[0] = begin[0];
        System.arraycopy(ids, 0, longer, 1, ids.length);
        return longer;
    }

    @Override
    public void close() {
        engine.close();
    }
}
