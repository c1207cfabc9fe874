package smelt.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.rules.QuantiseActivations;
import smelt.compiler.rules.SplitAttention;
import smelt.compiler.rules.SplitExperts;
import smelt.compiler.rules.TakeWantedRows;
import smelt.graph.Attr;
import smelt.graph.Graph;
import smelt.graph.KernelCheck;
import smelt.graph.MemoryKind;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Rewriter;
import smelt.graph.Rule;
import smelt.graph.Section;
import smelt.graph.Type;

/** From a model's graph to kernels: {@link #section} is the list of passes. */
public final class Pipeline {
    /** The least shape, for graphs without attention. */
    private static final Attr.Attention NO_ATTENTION = new Attr.Attention(1, 1, 16, 1, 0, 0, true);

    private final Graph graph = new Graph();
    private final MemoryPlan buffers;
    private final Tiling tiling;
    private final Map<Node, List<StepProgram.Call>> lowered = new HashMap<>();
    private int layerKinds;

    private Pipeline(MemoryPlan buffers, Tiling tiling) {
        this.buffers = buffers;
        this.tiling = tiling;
    }

    /**
     * Lowers a whole model.
     *
     * @param tiling how products take rows, which changes no result
     * @param type of keys and values
     * @throws Failure UNSUPPORTED for a shape or type that no kernel has
     */
    public static StepProgram compile(ModelGraph model, Tiling tiling, CacheType type) {
        CacheLayout cache = cache(model.layers(), type);
        int width = model.head().output().width();
        Pipeline pipeline = new Pipeline(new MemoryPlan(model.info().hidden(), width, cache), tiling);
        List<StepProgram.Call> embedding = pipeline.section(model.embedding().output(), Place.EMBEDDING);
        List<List<StepProgram.Call>> layers = model.layers().stream()
                .map(layer -> pipeline.section(layer.output(), Place.LAYER))
                .toList();
        List<StepProgram.Call> head = pipeline.section(model.head().output(), Place.HEAD);
        int heads = attention(model.layers()).heads();
        boolean plain = model.embedding().output().op() == Op.TOKEN_EMBEDDING;
        return new StepProgram(
                kernels(embedding, layers, head),
                embedding,
                layers,
                head,
                pipeline.buffers.all(),
                plain ? StepProgram.RESIDUAL : StepProgram.TOKENS,
                ropes(layers),
                cache,
                heads,
                AttendKernel.itemRows(heads, cache.keyHeads()));
    }

    private enum Place {
        EMBEDDING,
        LAYER,
        HEAD
    }

    private List<StepProgram.Call> section(Node output, Place place) {
        List<StepProgram.Call> known = place == Place.LAYER ? lowered.get(output) : null;
        if (known != null) {
            return known;
        }
        Node split = Rewriter.rewrite(graph, output, List.of(new SplitAttention(), new SplitExperts()));
        Node root = Rewriter.rewrite(graph, split, rules(output, split, place));
        List<Stage> stages = StagePlanner.plan(root);
        bindBuffers(root, place);
        List<StepProgram.Call> calls = lower(stages, root, place);
        calls.forEach(call -> KernelCheck.check(call.kernel()));
        lowered.put(output, calls);
        return calls;
    }

    /** A rewrite takes one rule for each node, so what is split must be before. */
    private static List<Rule> rules(Node output, Node split, Place place) {
        List<Rule> rules = new ArrayList<>();
        rules.add(new QuantiseActivations(output, split, place == Place.HEAD));
        if (place == Place.HEAD) {
            rules.add(new TakeWantedRows());
        }
        return rules;
    }

    private void bindBuffers(Node root, Place place) {
        buffers.startSection(place == Place.HEAD);
        root.expression().forEach(node -> {
            switch (node.op()) {
                case INPUT -> buffers.assign(node, StepProgram.RESIDUAL);
                case TOKEN_EMBEDDING -> buffers.assign(node, StepProgram.TOKENS);
                case POSITION_EMBEDDING -> buffers.assign(node, StepProgram.POSITIONS);
                default -> {}
            }
        });
    }

    private List<StepProgram.Call> lower(List<Stage> stages, Node root, Place place) {
        String prefix = switch (place) {
            case EMBEDDING -> "embedding";
            case LAYER -> "layer" + layerKinds++;
            case HEAD -> "head";
        };
        boolean wanted = place == Place.HEAD;
        List<StepProgram.Call> calls = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            Stage stage = stages.get(i);
            if (i == stages.size() - 1) {
                bindResult(stage, root, wanted);
            }
            String name = prefix + "_" + i + "_";
            calls.add(
                    switch (stage) {
                        case Stage.RowWise rowWise ->
                            RowKernel.lower(rowWise, buffers, wanted, name + names(rowWise.nodes()));
                        case Stage.Products products ->
                            ProductsKernel.lower(products, buffers, wanted, tiling, name + slots(products.products()));
                        case Stage.Attend attend -> AttendKernel.lower(attend, buffers, tiling, name + "attend");
                        case Stage.Experts experts ->
                            ExpertsKernel.lower(experts, buffers, name + names(List.of(experts.node())));
                    });
        }
        if (place == Place.HEAD) {
            calls.add(SummaryKernel.lower(root, buffers, prefix + "_" + stages.size() + "_summary"));
        }
        return calls;
    }

    /** The section's result goes where the next section, or the caller, looks for it. */
    private void bindResult(Stage last, Node root, boolean wanted) {
        boolean readsWhole =
                last instanceof Stage.Products products && products.input().op() == Op.INPUT
                        || last instanceof Stage.Experts experts
                                && experts.node().input(0).op() == Op.INPUT;
        if (readsWhole) {
            throw Failure.of(FailureCode.UNSUPPORTED, "A section whose last product reads the residual stream itself");
        }
        buffers.assign(root, wanted ? StepProgram.RESULT : StepProgram.RESIDUAL);
    }

    private static String names(List<Node> nodes) {
        Set<String> names = new LinkedHashSet<>();
        nodes.forEach(node -> names.add(node.op().name().toLowerCase(Locale.ROOT)));
        return String.join("_", names);
    }

    private static String slots(List<Node> products) {
        return products.stream()
                .map(product -> product.input(1).attr(Attr.Slot.class).name().replaceAll("\\W.*", ""))
                .collect(Collectors.joining("_"));
    }

    private static List<Node> kernels(
            List<StepProgram.Call> embedding, List<List<StepProgram.Call>> layers, List<StepProgram.Call> head) {
        Set<Node> kernels = new LinkedHashSet<>();
        embedding.forEach(call -> kernels.add(call.kernel()));
        layers.forEach(layer -> layer.forEach(call -> kernels.add(call.kernel())));
        head.forEach(call -> kernels.add(call.kernel()));
        return List.copyOf(kernels);
    }

    private static List<Attr.Rope> ropes(List<List<StepProgram.Call>> layers) {
        return layers.stream()
                .flatMap(List::stream)
                .flatMap(call -> call.arguments().stream())
                .filter(Argument.RopeTable.class::isInstance)
                .map(argument -> ((Argument.RopeTable) argument).rope())
                .distinct()
                .toList();
    }

    private static CacheLayout cache(List<Section> layers, CacheType type) {
        Attr.Attention attention = attention(layers);
        List<Boolean> exact = new ArrayList<>();
        layers.forEach(layer -> layer.output()
                .expression()
                .forEach(node -> exact.add(
                        node.op() == Op.MATMUL && ((Type.Weight) node.input(1).type()).dtype() == DType.F32)));
        MemoryKind plain = exact.contains(true) ? MemoryKind.F32 : MemoryKind.F16;
        MemoryKind element = type == CacheType.Q8 ? MemoryKind.S8 : plain;
        return new CacheLayout(attention.keyHeads(), attention.headWidth(), element);
    }

    /** The one shape of attention that all layers share. */
    private static Attr.Attention attention(List<Section> layers) {
        Map<String, Attr.Attention> shapes = new LinkedHashMap<>();
        for (Section layer : layers) {
            layer.output().expression().forEach(node -> {
                if (node.op() == Op.ATTENTION) {
                    Attr.Attention a = node.attr(Attr.Attention.class);
                    shapes.put(a.heads() + " heads, " + a.keyHeads() + " key heads of " + a.headWidth(), a);
                }
            });
        }
        if (shapes.size() > 1) {
            throw Failure.of(FailureCode.UNSUPPORTED, "Layers with attention of different shapes: " + shapes.keySet());
        }
        return shapes.isEmpty() ? NO_ATTENTION : shapes.values().iterator().next();
    }
}
