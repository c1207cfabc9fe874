package smelt.tokenizer;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** Tokens that end generation by what they are called, since many files name only one of them. */
final class EndTokens {
    /** Names by which models end a turn, a message or a text (as llama.cpp knows them). */
    private static final Set<String> NAMES = Set.of(
            "<|eot_id|>",
            "<|im_end|>",
            "<|end|>",
            "<|return|>",
            "<|call|>",
            "<|flush|>",
            "<|calls|>",
            "<end_of_turn>",
            "<|endoftext|>",
            "</s>",
            "<|eom_id|>",
            "<EOT>",
            "_<EOT>",
            "[EOT]",
            "[EOS]",
            "<|end_of_text|>",
            "<end_of_utterance>",
            "<eos>",
            "<turn|>",
            "<|tool_response>",
            "<\uff5cend\u2581of\u2581sentence\uff5c>",
            "[e~[");

    private EndTokens() {}

    /** Ids among the vocabulary's by name, and {@code declared}, those that the model's files give. */
    static Set<Integer> of(PieceTable table, Collection<Integer> declared) {
        Set<Integer> ends = new LinkedHashSet<>(declared);
        Set<String> present = new HashSet<>();
        for (String name : NAMES) {
            int id = table.idOf(name);
            if (id != PieceTable.NONE) {
                ends.add(id);
                present.add(name);
            }
        }
        // In these families <|end|> only separates the parts of one answer.
        boolean parts = present.contains("<|call|>") && present.contains("<|return|>")
                || present.contains("<|calls|>") && present.contains("<|flush|>");
        if (parts) {
            ends.remove(table.idOf("<|end|>"));
        }
        if (present.contains("<|tool_response>")) {
            ends.remove(table.idOf("</s>"));
        }
        return Set.copyOf(ends);
    }
}
