package smelt.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.PackedType;
import smelt.compiler.PanelLayout;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.StepBatch;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.LimitProbe;
import smelt.targets.cpu.Machine;
import smelt.targets.cpu.MachineLimits;
import smelt.targets.cpu.Tier;

/**
 * Measures products with every block type, in turns: a step of one row through so many matrices that they come from
 * memory, now and then one of many rows, and a sweep of memory each round. Nothing is left out of a step's time:
 * activations are quantised and threads meet as in a model.
 */
public final class TypesBench implements AutoCloseable {
    private static final int PREFILL_ROWS = 512;
    /** Rounds of decode for each one of prefill, which takes far longer. */
    private static final int ROUNDS_PER_PREFILL = 5;

    private static final long MOST_BYTES = 256L << 20;
    /** Workers of the model before this one spin for less. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final Duration FULL_SWEEP = Duration.ofSeconds(4);

    /**
     * What is measured.
     *
     * @param size rows, and columns, of each matrix; a multiple of 256
     * @param bytes of each type's matrices together, at least
     * @param rounds of all types; at least 1
     * @param budget after which further rounds are left out
     * @param seed of the weights
     */
    public record Plan(List<DType> types, int size, long bytes, int rounds, int threads, Duration budget, long seed) {
        public Plan {
            types = List.copyOf(types);
            if (types.isEmpty() || size < 256 || size % 256 != 0 || rounds < 1 || threads < 1) {
                throw Failure.of(
                        FailureCode.INVALID_ARGUMENT,
                        types.size() + " types, matrices of " + size + ", " + rounds + " rounds and " + threads
                                + " threads cannot be measured");
            }
        }
    }

    private final Plan plan;
    private final Tier tier = CpuFeatures.host().choose();
    private final List<Subject> subjects = new ArrayList<>();
    private final List<Double> sweeps = new ArrayList<>();

    /** A type's matrices, and what was measured of them. */
    private static final class Subject {
        final DType type;
        final PanelLayout layout;
        final int copies;
        final Model model;
        final List<Double> decode = new ArrayList<>();
        final List<Double> ofBandwidth = new ArrayList<>();
        final List<Double> prefill = new ArrayList<>();

        Subject(DType type, Plan plan, Tier tier) {
            this.type = type;
            layout = PanelLayout.of(type, plan.size(), plan.size());
            copies = (int) Math.ceilDiv(plan.bytes(), layout.bytes());
            RandomMatrices matrices = new RandomMatrices(type, plan.size(), copies, PREFILL_ROWS, plan.seed());
            CpuTarget target = CpuTarget.startFixed(tier, plan.threads());
            LoadOptions options = new LoadOptions(PREFILL_ROWS, PREFILL_ROWS, plan.threads());
            model = Model.load(matrices, matrices.graph(), options, target);
        }

        double seconds(int rows) {
            int[] tokens =
                    IntStream.range(0, rows).map(i -> i % RandomMatrices.TOKENS).toArray();
            int[] blocks = IntStream.range(0, model.limits().blockCount()).toArray();
            StepBatch batch = new StepBatch(List.of(new StepBatch.Chunk(tokens, 0, blocks, rows)));
            LockSupport.parkNanos(PAUSE_NANOS);
            long start = System.nanoTime();
            model.run(batch);
            return (System.nanoTime() - start) / 1e9;
        }

        double weights() {
            return (double) layout.rows() * layout.columns() * copies;
        }

        double fileBytes() {
            return (double) type.bytes(layout.columns()) * layout.rows() * copies;
        }

        /** Of memory, on this machine, in a second. */
        double fileRate() {
            return Spread.of(decode).orElseThrow().median() * fileBytes() / packedBytes();
        }

        double packedBytes() {
            return (double) layout.bytes() * copies;
        }
    }

    private TypesBench(Plan plan) {
        this.plan = plan;
    }

    /** Every type that weights can have. */
    public static List<DType> types() {
        return Stream.of(DType.values()).filter(TypesBench::isPacked).toList();
    }

    private static boolean isPacked(DType type) {
        try {
            PackedType.of(type);
            return true;
        } catch (Failure e) {
            return false;
        }
    }

    /** As many bytes of {@code types} types as this machine has room for and reading them from memory takes. */
    public static long bytes(int types) {
        Machine machine = Machine.detect();
        long available = machine.memoryLimit().orElse(machine.memoryAvailable());
        return Math.min(MOST_BYTES, available / 2 / types);
    }

    /**
     * Measures.
     *
     * @param progress hears what is being done
     * @throws Failure OUT_OF_RESOURCES where memory is short
     */
    public static TypesReport run(Plan plan, Consumer<String> progress) {
        long start = System.nanoTime();
        try (TypesBench bench = new TypesBench(plan)) {
            for (DType type : plan.types()) {
                progress.accept("packing " + type);
                bench.subjects.add(new Subject(type, plan, bench.tier));
            }
            bench.measure(progress, start + plan.budget().toNanos());
            return bench.report((System.nanoTime() - start) / 1e9);
        }
    }

    private void measure(Consumer<String> progress, long end) {
        long sweep =
                Math.min(plan.bytes() * plan.types().size(), MachineLimits.sweepBytes(Machine.detect(), FULL_SWEEP));
        try (LimitProbe probe = LimitProbe.open(tier, plan.threads(), sweep)) {
            probe.memoryRead(); // the first one also touches the pages
            for (Subject subject : subjects) {
                subject.seconds(1); // the first one also runs the Java code cold
            }
            for (int round = 0; round < plan.rounds() && (round == 0 || System.nanoTime() < end); round++) {
                progress.accept("round " + (round + 1) + " of " + plan.rounds());
                LockSupport.parkNanos(PAUSE_NANOS);
                double read = probe.memoryRead();
                sweeps.add(read);
                for (Subject subject : subjects) {
                    double rate = subject.packedBytes() / 1e9 / subject.seconds(1);
                    subject.decode.add(rate);
                    subject.ofBandwidth.add(rate / read);
                    if (round % ROUNDS_PER_PREFILL == 0 && (round == 0 || System.nanoTime() < end)) {
                        subject.prefill.add(PREFILL_ROWS * subject.weights() / 1e9 / subject.seconds(PREFILL_ROWS));
                    }
                }
            }
        }
    }

    private TypesReport report(double seconds) {
        double packed = most(subjects.stream().map(s -> Spread.of(s.decode)));
        double file = subjects.stream().mapToDouble(Subject::fileRate).max().orElseThrow();
        double prefill = most(subjects.stream().map(s -> Spread.of(s.prefill)));
        return new TypesReport(
                Machine.detect().cpu(),
                tier.text(),
                plan.threads(),
                plan.size(),
                PREFILL_ROWS,
                sweeps.size(),
                Spread.of(sweeps).orElseThrow(),
                subjects.stream().map(s -> row(s, packed, file, prefill)).toList(),
                seconds);
    }

    private static double most(Stream<Optional<Spread>> spreads) {
        return spreads.flatMap(Optional::stream)
                .mapToDouble(Spread::median)
                .max()
                .orElse(0);
    }

    private static TypesReport.Row row(Subject subject, double packed, double file, double prefill) {
        Spread decode = Spread.of(subject.decode).orElseThrow();
        Optional<Spread> products = Spread.of(subject.prefill);
        return new TypesReport.Row(
                subject.type.name(),
                8 * subject.fileBytes() / subject.weights(),
                8 * subject.packedBytes() / subject.weights(),
                decode,
                subject.fileRate(),
                decode.median() / packed,
                subject.fileRate() / file,
                Spread.of(subject.ofBandwidth).orElseThrow(),
                products,
                products.map(p -> p.median() / prefill));
    }

    @Override
    public void close() {
        subjects.forEach(subject -> subject.model.close());
    }
}
