package smelt.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.Tiling;
import smelt.graph.ModelGraph;
import smelt.targets.Target;

/** Guards the owner of a loaded model: what a load has opened it closes where it fails. */
class ModelTest {
    /** Prepares nothing, or refuses. */
    private static final class FakeTarget implements Target {
        private final boolean refuses;
        private final List<String> closed = new ArrayList<>();
        private List<MemorySegment> memory = List.of();

        FakeTarget(boolean refuses) {
            this.refuses = refuses;
        }

        @Override
        public String description() {
            return "fake";
        }

        @Override
        public Tiling tiling() {
            return new Tiling(4, false);
        }

        @Override
        public int threads() {
            return 1;
        }

        @Override
        public Step prepare(List<Invocation> calls, List<MemorySegment> memory) {
            this.memory = memory;
            if (refuses) {
                throw Failure.of(FailureCode.UNSUPPORTED, "no step today");
            }
            return new FakeStep();
        }

        @Override
        public void close() {
            closed.add("target");
        }

        private final class FakeStep implements Step {
            @Override
            public boolean run(int rows) {
                return true;
            }

            @Override
            public boolean run(int rows, int first, int end) {
                return true;
            }

            @Override
            public void interrupt() {}

            @Override
            public void close() {
                closed.add("step");
            }
        }
    }

    private static Model load(Target target) {
        FakeModelFile file = ProductsModel.file(DType.Q4_0, 16);
        return Model.load(file, ProductsModel.graph(DType.Q4_0, 16), new LoadOptions(64, 64, 1), target);
    }

    @Test
    void aFailedLoadFreesItsMemoryAndClosesTheTarget() {
        FakeTarget target = new FakeTarget(true);
        assertThatThrownBy(() -> load(target))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.UNSUPPORTED));
        assertThat(target.closed).containsExactly("target");
        assertThat(target.memory)
                .isNotEmpty()
                .noneMatch(segment -> segment.scope().isAlive());
    }

    @Test
    void closingAModelFreesAllOfItsMemoryOnce() {
        FakeTarget target = new FakeTarget(false);
        load(target).close();
        assertThat(target.closed).containsExactly("step", "target");
        assertThat(target.memory)
                .isNotEmpty()
                .noneMatch(segment -> segment.scope().isAlive());
    }

    @Test
    void aCacheMayHoldMoreThanOneContext() {
        ModelGraph graph = ProductsModel.graph(DType.Q4_0, 16);
        LoadPlan plan = LoadPlan.of(graph, new LoadOptions(64, 64, 1), new FakeTarget(false));
        assertThat(plan.withCache(0).limits()).isEqualTo(plan.limits());
        LoadPlan larger = plan.withCache(3 * plan.need().cache());
        assertThat(larger.limits().blockCount()).isEqualTo(3 * plan.limits().blockCount());
        assertThat(larger.limits().contextLength()).isEqualTo(64);
        assertThat(larger.need().cache()).isEqualTo(3 * plan.need().cache());
    }

    @Test
    void aLoadTakesWhatWasPlanned() {
        ModelGraph graph = ProductsModel.graph(DType.Q4_0, 16);
        for (int context : new int[] {32, 64, 4096}) {
            FakeTarget target = new FakeTarget(false);
            LoadPlan plan = LoadPlan.of(graph, new LoadOptions(context, 2 * context, 1), target);
            try (Model model = Model.load(ProductsModel.file(DType.Q4_0, 16), plan, target)) {
                assertThat(plan.need().weights()).isEqualTo(model.weightBytes());
                assertThat(plan.need().cache()).isEqualTo(model.cacheBytes());
                // no piece of memory is smaller than 64 bytes
                assertThat(model.memoryBytes() - plan.need().total()).isBetween(0L, 64L * target.memory.size());
            }
        }
    }

    @Test
    void theLongestContextThatFitsIsInWholeBlocksAndFits() {
        LoadPlan plan =
                LoadPlan.of(ProductsModel.graph(DType.Q4_0, 16), new LoadOptions(4096, 4096, 1), new FakeTarget(false));
        long room = plan.need().total() - 1;
        int longest = plan.longestContext(room).orElseThrow();
        assertThat(longest % 32).isZero();
        assertThat(plan.withContext(longest).need().total()).isLessThanOrEqualTo(room);
        assertThat(plan.withContext(longest + 32).need().total()).isGreaterThan(room);
        assertThat(plan.longestContext(Long.MAX_VALUE)).hasValue(4096);
        assertThat(plan.longestContext(plan.need().weights())).isEmpty();
    }
}
