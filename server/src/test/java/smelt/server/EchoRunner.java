package smelt.server;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import smelt.runtime.KvBlocks;
import smelt.runtime.NullRunner;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/**
 * Answers with what the user, or a tool, said last, then ends; its tokens are bytes, and its logits prefer the next one
 * so far that a test can say what a model writes.
 */
final class EchoRunner implements StepRunner {
    private static final String USER = "[user]";
    private static final String TOOL = "[tool]";
    private static final String ANSWER = "[assistant]";
    private static final float LIKELY = 60;

    private final NullRunner blocks;
    private final Limits limits;
    private final int end;
    /** Tokens by block and position. */
    private final byte[] memory;

    EchoRunner(Limits limits, int end) {
        this.limits = limits;
        this.end = end;
        blocks = NullRunner.untimed(limits);
        memory = new byte[limits.blockCount() * limits.blockPositions()];
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public KvBlocks blocks() {
        return blocks.blocks();
    }

    @Override
    public Logits run(StepBatch batch) {
        blocks.run(batch);
        List<MemorySegment> rows = new ArrayList<>();
        for (StepBatch.Chunk chunk : batch.chunks()) {
            for (int i = 0; i < chunk.tokens().length; i++) {
                memory[slot(chunk, chunk.firstPosition() + i)] = (byte) chunk.tokens()[i];
            }
        }
        for (StepBatch.Chunk chunk : batch.chunks()) {
            for (int i = chunk.logitsFrom(); i < chunk.tokens().length; i++) {
                rows.add(row(read(chunk, chunk.firstPosition() + i + 1)));
            }
        }
        return new Logits() {
            @Override
            public int count() {
                return rows.size();
            }

            @Override
            public MemorySegment row(int index) {
                return rows.get(index);
            }
        };
    }

    private int slot(StepBatch.Chunk chunk, int position) {
        return chunk.blocks()[position / limits.blockPositions()] * limits.blockPositions()
                + position % limits.blockPositions();
    }

    private String read(StepBatch.Chunk chunk, int positions) {
        byte[] text = new byte[positions];
        for (int i = 0; i < positions; i++) {
            text[i] = memory[slot(chunk, i)];
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** Of the token after {@code read}. */
    private MemorySegment row(String read) {
        float[] row = new float[limits.vocabulary()];
        row[next(read)] = LIKELY;
        return MemorySegment.ofArray(row);
    }

    /** The answer begins behind what the user, or a tool, said last. */
    private int next(String read) {
        int user = read.lastIndexOf(USER) + USER.length();
        int tool = read.lastIndexOf(TOOL) + TOOL.length();
        int said = Math.max(read.contains(USER) ? user : 0, read.contains(TOOL) ? tool : 0);
        int answer = read.indexOf(ANSWER, said);
        if (answer < 0) {
            return end;
        }
        int written = read.length() - answer - ANSWER.length();
        return written < answer - said ? read.charAt(said + written) & 0xFF : end;
    }

    @Override
    public void close() {
        blocks.close();
    }
}
