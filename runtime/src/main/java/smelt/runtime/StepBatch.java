package smelt.runtime;

import java.util.List;

/** What one step computes: chunks of different sequences, prefill and decode alike. The order changes no result. */
public record StepBatch(List<Chunk> chunks) {
    public StepBatch {
        chunks = List.copyOf(chunks);
    }

    public int rows() {
        int rows = 0;
        for (Chunk chunk : chunks) {
            rows += chunk.tokens().length;
        }
        return rows;
    }

    /**
     * Consecutive tokens of one sequence; everything before {@code firstPosition} is in its KV blocks already.
     *
     * @param blocks the sequence's KV blocks in order of position; block i holds positions i * blockPositions onward,
     *     and there are enough for the chunk's last token
     * @param logitsFrom index into {@code tokens} from which on logits are wanted: 0 for all, tokens.length for none
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never changed
    public record Chunk(int[] tokens, int firstPosition, int[] blocks, int logitsFrom) {}
}
