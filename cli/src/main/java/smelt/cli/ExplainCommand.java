package smelt.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.Pipeline;
import smelt.compiler.StepProgram;
import smelt.compiler.llvm.LlvmEmitter;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.Attr;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Printer;
import smelt.graph.Section;
import smelt.models.Models;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Tier;
import smelt.targets.llvm.LlvmCompiler;

/** {@code smelt explain}. */
@Command(
        name = "explain",
        header = "Show what smelt makes of a model: graph, kernels, cost, machine code.",
        descriptionHeading = "%n",
        description =
                "Without options: the graph of each kind of layer, and the kernels of a step with what they cost. "
                        + "With --kernel: one kernel as smelt's own IR, LLVM IR and assembly.",
        parameterListHeading = "%n",
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt explain smollm2",
            "  smelt explain smollm2 --kernel attend --show assembly",
            "  SMELT_TIER=avx2 smelt explain smollm2 --kernel head_1 --show assembly"
        })
final class ExplainCommand implements Callable<Integer> {
    /** Forms of a kernel. */
    enum Form {
        IR,
        LLVM,
        ASSEMBLY
    }

    @Option(
            names = "--kernel",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The first kernel whose name contains NAME.")
    String kernel = "";

    @Option(
            names = "--show",
            paramLabel = "FORM",
            split = ",",
            defaultValue = "ir,llvm,assembly",
            description = "Forms of the kernel: ${COMPLETION-CANDIDATES}.")
    List<Form> forms = List.of();

    @Option(names = "--json", description = "Print the kernels of a step as JSON.")
    boolean json;

    @Mixin
    CacheOption cache = new CacheOption();

    @Mixin
    ModelArgument model = new ModelArgument();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (ModelFile file =
                ModelFiles.open(model.resolve(spec.commandLine().getErr()).path())) {
            ModelGraph graph = Models.build(file, Models.Options.defaults());
            StepProgram program =
                    Pipeline.compile(graph, CpuTarget.tiling(CpuFeatures.host().choose()), cache.type());
            if (!kernel.isEmpty()) {
                printKernel(out, find(program.kernels()));
            } else if (json) {
                out.println(Json.pretty(usages(program).values()));
            } else {
                printModel(out, graph, program);
            }
        }
        return 0;
    }

    private Node find(List<Node> kernels) {
        return kernels.stream()
                .filter(candidate -> name(candidate).contains(kernel))
                .findFirst()
                .orElseThrow(() -> Failure.of(FailureCode.NOT_FOUND, "No kernel is named like '" + kernel + "'")
                        .withNextStep("one of: "
                                + String.join(
                                        ", ",
                                        kernels.stream()
                                                .map(ExplainCommand::name)
                                                .toList())));
    }

    private static String name(Node kernel) {
        return kernel.attr(Attr.Text.class).value();
    }

    private void printKernel(PrintWriter out, Node found) {
        Tier tier = CpuFeatures.host().choose();
        String ir = LlvmEmitter.emit(found, name(found), CpuTarget.instructions(tier));
        for (Form form : forms) {
            out.println(
                    switch (form) {
                        case IR -> Printer.print(found);
                        case LLVM -> ir;
                        case ASSEMBLY -> assembly(ir, tier);
                    });
        }
    }

    private static String assembly(String ir, Tier tier) {
        try (LlvmCompiler compiler = LlvmCompiler.load()) {
            return compiler.assembly(ir, tier.machine());
        }
    }

    private static void printModel(PrintWriter out, ModelGraph graph, StepProgram program) {
        ModelGraph.Info info = graph.info();
        out.println(info.family() + ", " + graph.layers().size() + " layers of width " + info.hidden() + ", vocabulary "
                + info.vocabulary() + ", context " + info.contextLength());
        out.println("\nembedding\n" + Printer.print(graph.embedding().output()));
        Set<Node> kinds = new LinkedHashSet<>();
        graph.layers().stream().map(Section::output).forEach(kinds::add);
        for (Node kind : kinds) {
            long count = graph.layers().stream()
                    .filter(layer -> layer.output() == kind)
                    .count();
            out.println("layer, " + count + " of this kind\n" + Printer.print(kind));
        }
        out.println("head\n" + Printer.print(graph.head().output()));
        Table table = new Table("kernel", ">calls", ">weights MB", ">MMAC/token", ">kFLOP/token");
        for (Usage usage : usages(program).values()) {
            table.row(
                    usage.kernel(),
                    Integer.toString(usage.calls()),
                    String.format("%.2f", usage.weightBytes() / 1e6),
                    String.format("%.2f", usage.multiplyAddsPerToken() / 1e6),
                    String.format("%.1f", usage.floatOperationsPerToken() / 1e3));
        }
        out.print(table);
        out.println("\nBytes and operations of all calls of a step; a barrier follows each call.");
    }

    /** One kernel's share of a step. */
    record Usage(String kernel, int calls, long weightBytes, long multiplyAddsPerToken, long floatOperationsPerToken) {
        Usage plus(StepProgram.Call call) {
            return new Usage(
                    kernel,
                    calls + 1,
                    weightBytes + call.cost().weightBytes(),
                    multiplyAddsPerToken + call.cost().multiplyAdds(),
                    floatOperationsPerToken + call.cost().floatOperations());
        }
    }

    private static Map<String, Usage> usages(StepProgram program) {
        Map<String, Usage> usages = new LinkedHashMap<>();
        program.embedding().forEach(call -> add(usages, call));
        program.layers().forEach(layer -> layer.forEach(call -> add(usages, call)));
        program.head().forEach(call -> add(usages, call));
        return usages;
    }

    private static void add(Map<String, Usage> usages, StepProgram.Call call) {
        String name = name(call.kernel());
        usages.put(name, usages.getOrDefault(name, new Usage(name, 0, 0, 0, 0)).plus(call));
    }
}
