package smelt.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import smelt.formats.ModelFile;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.planner.calibration.MachineForecast;
import smelt.planner.calibration.StepShape;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.OpenModel;
import smelt.runtime.StepBatch;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.KernelTimes;

/** A model, and what was measured of its steps. */
final class CalibrationSubject implements AutoCloseable {
    /** Positions of keys and values: of the deepest step, and of all sequences of the largest crowd. */
    private static final int POSITIONS = 3072;

    private static final int DEPTH = 2048;
    private static final int CROWD_DEPTH = 160;
    private static final List<Integer> ROWS = List.of(2, 4, 8, 16, 64, 512);
    private static final List<Integer> CROWDS = List.of(4, 16);
    /** Steps of so few rows are short, and repeated in a turn. */
    private static final int FEW_ROWS = 32;

    private static final int FEW_REPEATS = 3;
    /** Larger models take too long for them. */
    private static final double MOST_FOR_LONG_PROMPTS = 256 << 20;

    private final OpenModel loaded;
    private final KernelTimes times;
    private final StepTimes steps;

    CalibrationSubject(ModelFile file, CalibrationRun.Plan plan, Host host) {
        times = new KernelTimes();
        try {
            ModelGraph trained = Models.build(file, Models.Options.defaults());
            int context = Math.min(DEPTH + 512, trained.info().contextLength());
            ModelGraph graph = Models.build(file, new Models.Options(context));
            CpuTarget target = CpuTarget.startTimed(host.tier(), plan.threads(), times);
            LoadOptions options = new LoadOptions(context, POSITIONS, plan.threads(), plan.cache());
            loaded = new OpenModel(Model.load(file, graph, options, target), graph, file);
        } catch (Throwable e) {
            file.close();
            throw e;
        }
        steps = new StepTimes(loaded.model().program(), loaded.graph().info().hidden());
    }

    /** Every step that has room. */
    private List<StepShape> shapes() {
        int context = loaded.limits().contextLength();
        int most = loaded.limits().maxRows();
        List<StepShape> shapes = new ArrayList<>();
        for (int depth : List.of(8, 256, 1024, DEPTH)) {
            shapes.add(StepShape.decode(depth));
        }
        ROWS.forEach(rows -> shapes.add(StepShape.prompt(rows, 0)));
        shapes.add(StepShape.prompt(64, 1024));
        if (MachineForecast.workingSet(loaded.model().program()) < MOST_FOR_LONG_PROMPTS) {
            shapes.add(StepShape.prompt(512, 1024));
        }
        CROWDS.forEach(users -> shapes.add(new StepShape(users, 1, CROWD_DEPTH)));
        return shapes.stream()
                .filter(shape -> shape.rows() <= most
                        && shape.sequences() <= loaded.limits().maxLogits())
                .filter(shape -> shape.depth() + shape.rowsEach() < context)
                .toList();
    }

    /** Touches all of the cache: what was never written is read faster. */
    void fill(Random random) {
        times.pause(true);
        int block = loaded.limits().blockPositions();
        int each = Math.min(loaded.limits().maxRows(), loaded.limits().contextLength()) / block;
        for (int first = 0; first + each <= loaded.limits().blockCount(); first += each) {
            int[] blocks = IntStream.range(first, first + each).toArray();
            int rows = each * block;
            int[] tokens = random.ints(rows, 0, loaded.limits().vocabulary()).toArray();
            loaded.run(new StepBatch(List.of(new StepBatch.Chunk(tokens, 0, blocks, tokens.length - 1))));
        }
    }

    /** Sequences of blocks of their own, as far as there are so many. */
    private StepBatch batch(StepShape shape, Random random) {
        int all = loaded.limits().blockCount();
        int each =
                Math.ceilDiv(shape.depth() + shape.rowsEach(), loaded.limits().blockPositions());
        List<StepBatch.Chunk> chunks = new ArrayList<>();
        for (int sequence = 0; sequence < shape.sequences(); sequence++) {
            int first = sequence * each;
            int[] blocks = IntStream.range(first, first + each)
                    .map(block -> block % all)
                    .toArray();
            int[] tokens = random.ints(shape.rowsEach(), 0, loaded.limits().vocabulary())
                    .toArray();
            chunks.add(new StepBatch.Chunk(tokens, shape.depth(), blocks, shape.rowsEach() - 1));
        }
        return new StepBatch(chunks);
    }

    /** All steps once, small ones several times; ends early when the time is up. */
    void turn(Random random, long deadline) {
        times.pause(true);
        loaded.run(batch(StepShape.decode(0), random)); // the caches held another model
        for (StepShape shape : shapes()) {
            for (int i = 0; i < (shape.rows() > FEW_ROWS ? 1 : FEW_REPEATS); i++) {
                if (System.nanoTime() < deadline) {
                    measure(shape, random);
                }
            }
        }
    }

    /** One step kernel by kernel, and one in one piece; where steps are long, the clock's share is nothing. */
    private void measure(StepShape shape, Random random) {
        StepBatch batch = batch(shape, random);
        boolean isLong = shape.rows() > FEW_ROWS;
        if (!isLong) {
            times.pause(true);
            steps.add(shape, run(batch));
        }
        times.pause(false);
        long nanos = run(batch);
        steps.add(shape, times.take());
        if (isLong) {
            steps.add(shape, nanos);
        }
    }

    private long run(StepBatch batch) {
        long start = System.nanoTime();
        loaded.run(batch);
        return System.nanoTime() - start;
    }

    StepTimes steps() {
        return steps;
    }

    @Override
    public void close() {
        loaded.close();
    }
}
