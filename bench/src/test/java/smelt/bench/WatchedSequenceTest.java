package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import smelt.runtime.KvBlocks;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/** Guards bench: the proof of the same bits sees a difference where there is one, and where it begins. */
class WatchedSequenceTest {
    private static final int[] TOKENS =
            IntStream.range(0, 100).map(i -> i * 7 % 50).toArray();
    private static final List<Way> WAYS = List.of(
            new Way.Together(0, 1),
            new Way.Together(33, 1),
            new Way.Together(7, 16),
            new Way.Together(16, 100),
            new Way.SharedPrefix(64),
            new Way.Resumed(50));

    private enum Fault {
        NONE,
        COMPANY,
        POSITION_40
    }

    /**
     * The state of a block is the running hash of the tokens that were written to it; a logit is that of all of a
     * sequence's blocks up to its position.
     */
    private static final class FakeRunner implements StepRunner {
        private final Fault fault;
        private final int[][] cache = new int[200][32];

        FakeRunner(Fault fault) {
            this.fault = fault;
        }

        @Override
        public Limits limits() {
            return new Limits(50, 128, 32, 200, 256, 64);
        }

        @Override
        public KvBlocks blocks() {
            throw new UnsupportedOperationException("nobody keeps its blocks");
        }

        @Override
        public Logits run(StepBatch batch) {
            assertThat(batch.rows()).isLessThanOrEqualTo(limits().maxRows());
            List<MemorySegment> rows = new ArrayList<>();
            for (StepBatch.Chunk chunk : batch.chunks()) {
                for (int i = 0; i < chunk.tokens().length; i++) {
                    int position = chunk.firstPosition() + i;
                    cache[chunk.blocks()[position / 32]][position % 32] = chunk.tokens()[i];
                    if (i >= chunk.logitsFrom()) {
                        rows.add(row(state(chunk, position, batch.rows())));
                    }
                }
            }
            assertThat(rows.size()).isLessThanOrEqualTo(limits().maxLogits());
            return new Rows(rows);
        }

        private int state(StepBatch.Chunk chunk, int position, int rowCount) {
            int state = 1;
            for (int i = 0; i <= position; i++) {
                state = 31 * state + cache[chunk.blocks()[i / 32]][i % 32];
            }
            return switch (fault) {
                case NONE -> state;
                case COMPANY -> state + rowCount;
                case POSITION_40 -> state + (position >= 40 && chunk.tokens().length < 40 ? 1 : 0);
            };
        }

        private static MemorySegment row(int state) {
            MemorySegment row = Arena.ofAuto().allocate(50 * 4L, 4);
            row.setAtIndex(ValueLayout.JAVA_INT, 49, state);
            return row;
        }

        @Override
        public void close() {}
    }

    private record Rows(List<MemorySegment> rows) implements StepRunner.Logits {
        @Override
        public int count() {
            return rows.size();
        }

        @Override
        public MemorySegment row(int index) {
            return rows.get(index);
        }
    }

    private static List<Integer> differences(Fault fault) {
        var right = new WatchedSequence(new FakeRunner(fault), TOKENS, 1).run(new Way.Together(0, 50));
        return WAYS.stream()
                .map(way -> new WatchedSequence(new FakeRunner(fault), TOKENS, 2).run(way))
                .map(hashes -> Determinism.difference(right, hashes).orElse(-1))
                .toList();
    }

    @Test
    void findsNothingWhereNothingIs() {
        assertThat(differences(Fault.NONE)).containsOnly(-1);
    }

    @Test
    void seesThatCompanyMatters() {
        assertThat(differences(Fault.COMPANY).subList(0, 4)).doesNotContain(-1);
    }

    @Test
    void tellsWhereADifferenceBegins() {
        // behind a prefix of 64 positions 36 are left, a chunk short enough for the fault
        assertThat(differences(Fault.POSITION_40)).containsExactly(40, 40, 40, -1, 64, -1);
    }

    @Test
    void hashesEveryPositionItComputes() {
        var hashes = new WatchedSequence(new FakeRunner(Fault.NONE), TOKENS, 1).run(new Way.SharedPrefix(64));
        assertThat(IntStream.range(0, TOKENS.length)
                        .filter(i -> hashes[i] != null)
                        .min())
                .hasValue(64);
    }
}
