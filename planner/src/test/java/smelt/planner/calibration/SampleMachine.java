package smelt.planner.calibration;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import smelt.base.DType;
import smelt.compiler.CacheType;
import smelt.compiler.StepProgram;
import smelt.compiler.Tiling;
import smelt.graph.Attr;
import smelt.graph.Graph;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Section;
import smelt.runtime.LoadOptions;
import smelt.runtime.LoadPlan;

/** A machine whose rates are known, and models to forecast on it. */
final class SampleMachine {
    static final Tiling TILING = new Tiling(12, false);
    private static final double CALL = 2e-6;
    private static final double NEAR = 40e9;
    private static final double FAR = 25e9;
    private static final double OPERATIONS = 1e12;
    private static final double ATTENTION = 50e9;
    private static final double FLOATS = 10e9;
    private static final List<Integer> ROWS = List.of(1, 2, 4, 8, 16, 32, 64, 128, 512);

    private SampleMachine() {}

    /** Samples of a model that is near and of one that is far. */
    static MachineCalibration calibration() {
        List<KernelSample> kernels = new ArrayList<>();
        List<StepSample> steps = new ArrayList<>();
        for (LoadPlan plan : List.of(model(DType.Q4_0, 256, 2), model(DType.Q4_0, 1024, 24))) {
            for (int rows : ROWS) {
                add(plan, StepShape.prompt(rows, 0), kernels, steps);
            }
            add(plan, StepShape.decode(64), kernels, steps);
            add(plan, StepShape.decode(1024), kernels, steps);
            add(plan, new StepShape(16, 1, 160), kernels, steps);
        }
        List<EngineSample> engine = List.of(new EngineSample(1, 5e-6), new EngineSample(16, 2e-5));
        return new MachineCalibration(
                "a machine",
                "VNNI",
                2,
                "F16",
                LocalDate.of(2026, 11, 23),
                16L << 30,
                25e9,
                4e12,
                1e11,
                60 << 20,
                List.of(),
                kernels,
                steps,
                engine,
                List.of(new ReadRate(1e5, NEAR), new ReadRate(1e7, FAR)));
    }

    private static void add(LoadPlan plan, StepShape step, List<KernelSample> kernels, List<StepSample> steps) {
        double workingSet = MachineForecast.workingSet(plan.program());
        double sum = 0;
        int width = plan.graph().info().hidden();
        for (List<StepProgram.Call> calls :
                List.of(plan.program().layers().getFirst(), plan.program().head())) {
            boolean wanted = calls == plan.program().head();
            int count = wanted ? 1 : plan.graph().layers().size();
            for (StepProgram.Call call : calls) {
                CallWork work = CallWork.of(call, width, wanted);
                double seconds = seconds(work, step, workingSet > 4e6);
                kernels.add(new KernelSample(work, step, workingSet, count, seconds, 0.01));
                sum += count * seconds;
            }
        }
        steps.add(new StepSample(step, workingSet, 1.01 * sum, sum, 0.01));
    }

    static double seconds(CallWork work, StepShape step, boolean far) {
        int rows = work.rows(step);
        double bytes =
                work.matrices().stream().mapToDouble(CallWork.Matrix::bytes).sum();
        double reading = bytes / (far ? FAR : NEAR);
        double products = 2.0 * rows * work.cost().multiplyAdds() / OPERATIONS;
        double attention = step.attentionOperations(work.cost()) / ATTENTION;
        double floats = work.isProduct() || work.isAttention() ? 0 : work.floats() * rows / FLOATS;
        return CALL + Math.max(reading, products) + attention + floats;
    }

    static LoadPlan model(DType type, int width, int layers) {
        LoadOptions options = new LoadOptions(4096, 4096, 2, CacheType.F16);
        return LoadPlan.of(graph(type, width, layers), options, TILING);
    }

    static ModelGraph graph(DType type, int width, int layers) {
        Graph graph = new Graph();
        int vocabulary = 512;
        Node embedding = graph.tokenEmbedding(graph.weight("tokens", DType.F32, vocabulary, width));
        Node x = graph.input(width);
        Node q = graph.matmul(x, graph.weight("q", type, width, width));
        Node k = graph.matmul(x, graph.weight("k", type, width, width));
        Node v = graph.matmul(x, graph.weight("v", type, width, width));
        int heads = width / 64;
        Node attended = graph.attention(q, k, v, new Attr.Attention(heads, heads, 64, 0.125, 0, 0, true));
        Node layer = graph.add(x, graph.matmul(attended, graph.weight("o", type, width, width)));
        Node head = graph.matmul(graph.scale(graph.input(width), 0.5), graph.weight("out", type, vocabulary, width));
        List<Section> all = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            all.add(section(layer, List.of("q", "k", "v", "o"), "layer" + i));
        }
        return new ModelGraph(
                new ModelGraph.Info("sample", vocabulary, 4096, width, ModelGraph.Pooling.NONE),
                section(embedding, List.of("tokens"), "embedding"),
                all,
                section(head, List.of("out"), "head"));
    }

    private static Section section(Node output, List<String> slots, String prefix) {
        java.util.Map<String, Section.Stored> weights = new java.util.LinkedHashMap<>();
        slots.forEach(slot -> weights.put(slot, new Section.Stored(List.of(prefix + slot), false)));
        return new Section(output, weights);
    }
}
