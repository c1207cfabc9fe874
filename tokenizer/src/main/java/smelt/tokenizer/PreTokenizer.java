package smelt.tokenizer;

import java.util.List;

/** Cuts a text into the pieces that the model then encodes one by one; may also respell them. */
@FunctionalInterface
interface PreTokenizer {
    /** Where pieces go. */
    @FunctionalInterface
    interface Pieces {
        /** @param first whether the piece begins where the whole input begins */
        void piece(int[] text, int start, int end, boolean first);
    }

    void split(int[] text, int start, int end, boolean first, Pieces out);

    static PreTokenizer none() {
        return (text, start, end, first, out) -> out.piece(text, start, end, first);
    }

    /** Each stage cuts what the one before it gave. */
    static PreTokenizer sequence(List<PreTokenizer> stages) {
        if (stages.isEmpty()) {
            return none();
        }
        PreTokenizer head = stages.getFirst();
        if (stages.size() == 1) {
            return head;
        }
        PreTokenizer rest = sequence(stages.subList(1, stages.size()));
        return (text, start, end, first, out) ->
                head.split(text, start, end, first, (t, s, e, f) -> rest.split(t, s, e, f, out));
    }
}
