package smelt.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.runtime.StepRunner.Limits;

/** Guards runtime/: the model without weights notices what a real one would compute wrongly. */
class NullRunnerTest {
    private static final Limits LIMITS = new Limits(50, 40, 8, 10, 16, 4);
    private static final int[] TABLE = {3, 7, 1};

    private final NullRunner runner = NullRunner.untimed(LIMITS);

    private static StepBatch.Chunk chunk(int from, int[] blocks, int... tokens) {
        return new StepBatch.Chunk(tokens, from, blocks, tokens.length - 1);
    }

    private static float[] last(NullRunner runner, StepBatch.Chunk... chunks) {
        StepRunner.Logits logits = runner.run(new StepBatch(List.of(chunks)));
        return logits.row(logits.count() - 1).toArray(ValueLayout.JAVA_FLOAT);
    }

    private float[] whole() {
        return last(NullRunner.untimed(LIMITS), chunk(0, TABLE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    }

    @Test
    void neitherChunksNorBlocksNorNeighboursChangeARow() {
        runner.run(new StepBatch(List.of(chunk(0, TABLE, 1, 2, 3), chunk(0, new int[] {5}, 9, 9))));
        float[] row = last(runner, chunk(2, new int[] {5}, 8), chunk(3, TABLE, 4, 5, 6, 7, 8, 9, 10));
        assertThat(row).containsExactly(whole()).hasSize(50);
        assertThat(last(runner, chunk(0, new int[] {0, 2}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)))
                .containsExactly(whole());
        for (float value : row) {
            assertThat(value).isBetween(-4f, 4f);
        }
    }

    @Test
    void wrongStaleOrForeignBlocksShow() {
        int[] first = {1, 2, 3, 4, 5, 6, 7, 8};
        runner.run(new StepBatch(List.of(chunk(0, TABLE, first))));
        assertThat(last(runner, chunk(8, TABLE, 9, 10))).containsExactly(whole());
        assertThat(last(runner, chunk(8, new int[] {4, 7}, 9, 10)))
                .as("never written")
                .isNotEqualTo(whole());
        runner.run(new StepBatch(List.of(chunk(0, new int[] {3}, 1, 2, 3, 4))));
        assertThat(last(runner, chunk(8, TABLE, 9, 10)))
                .as("written again with the same")
                .containsExactly(whole());
        runner.run(new StepBatch(List.of(chunk(2, new int[] {3}, 4))));
        assertThat(last(runner, chunk(8, TABLE, 9, 10)))
                .as("written by another")
                .isNotEqualTo(whole());
    }

    @Test
    void anInterruptedStepLeavesNothingOfUse() {
        runner.interrupt();
        assertThatThrownBy(() -> last(runner, chunk(0, TABLE, 1, 2, 3, 4, 5, 6, 7, 8)))
                .isInstanceOf(StepInterrupted.class);
        assertThat(last(runner, chunk(8, TABLE, 9, 10))).isNotEqualTo(whole());
        runner.run(new StepBatch(List.of(chunk(0, TABLE, 1, 2, 3, 4, 5, 6, 7, 8))));
        assertThat(last(runner, chunk(8, TABLE, 9, 10))).containsExactly(whole());
    }

    @Test
    void blocksGoOutAndComeBack() {
        KvBlocks blocks = runner.blocks();
        runner.run(new StepBatch(List.of(chunk(0, TABLE, 1, 2, 3, 4, 5, 6, 7, 8))));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(blocks.bytes());
            blocks.copyOut(3, block);
            NullRunner other = NullRunner.untimed(LIMITS);
            other.blocks().copyIn(9, block);
            assertThat(last(other, chunk(8, new int[] {9, 0}, 9, 10))).containsExactly(whole());
            assertThat(other.blocks().origin()).isEqualTo(blocks.origin());
            assertThatThrownBy(() -> blocks.copyOut(10, block)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void timePassesByStepsAndRowsAndNotBeyondAnInterruption() {
        var clock = new AtomicLong();
        NullRunner timed = NullRunner.timed(LIMITS, 3_000_000, 1_000_000, clock::addAndGet);
        last(timed, chunk(0, TABLE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        assertThat(clock).hasValue(13_000_000);
        timed.interrupt();
        assertThatThrownBy(() -> last(timed, chunk(0, TABLE, 1))).isInstanceOf(StepInterrupted.class);
        assertThat(clock).hasValue(13_000_000);
    }

    @Test
    void batchesThatBreakTheContractAreRefused() {
        refuses(chunk(39, new int[] {0, 1, 2, 3, 4}, 1, 2), "position 41");
        refuses(chunk(0, new int[] {1}, 1, 2, 3, 4, 5, 6, 7, 8, 9), "position 9 has no block");
        refuses(chunk(0, TABLE, 50), "token 50");
        refuses(chunk(0, TABLE, -1), "token -1");
        refuses(chunk(-1, TABLE, 1), "misplaced");
        refuses(new StepBatch.Chunk(new int[] {1}, 0, TABLE, 2), "logits of no row");
        refuses(new StepBatch.Chunk(new int[] {1, 2, 3, 4, 5}, 0, TABLE, 0), "5 wanted");
        refuses(chunk(0, TABLE, new int[17]), "17 rows");
        assertThatThrownBy(() -> last(runner, chunk(0, new int[] {10}, 1)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private void refuses(StepBatch.Chunk chunk, String why) {
        assertThatThrownBy(() -> runner.run(new StepBatch(List.of(chunk))))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.code()).isEqualTo(FailureCode.INVALID_ARGUMENT);
                    assertThat(failure.what()).contains(why);
                });
    }

    @Test
    void tellsThatItIsClosed() {
        assertThat(runner.isClosed()).isFalse();
        runner.close();
        assertThat(runner.isClosed()).isTrue();
    }
}
