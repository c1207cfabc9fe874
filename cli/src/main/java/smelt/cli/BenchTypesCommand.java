package smelt.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import smelt.base.DType;
import smelt.bench.TypesBench;
import smelt.bench.TypesReport;

/** {@code smelt bench-types}. */
@Command(
        name = "bench-types",
        header = "Measure how fast products with each block type of weights are here.",
        descriptionHeading = "%n",
        description = "Random matrices of each type that come from memory, in turns with sweeps of memory; one row of "
                + "activations (decode) and 512 (prefill). Needs no model.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  smelt bench-types", "  smelt bench-types Q4_0 Q4_K F16 --threads 1 --json"})
final class BenchTypesCommand implements Callable<Integer> {
    private static final int MOST = 1 << 20;
    private static final int SIZE = 4096;
    private static final int QUICK_SIZE = 1024;
    private static final long QUICK_BYTES = 16L << 20;

    @Parameters(arity = "0..*", paramLabel = "TYPE", description = "Block types, such as Q4_K (default: all).")
    List<DType> types = new ArrayList<>();

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Option(names = "--repeat", paramLabel = "N", defaultValue = "15", description = "Rounds (default: 15).")
    int repeat;

    @Option(names = "--quick", description = "Small matrices, which caches may hold: a try, no measurement.")
    boolean quick;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "600",
            description = "End after about this time, with what there is (default: ${DEFAULT-VALUE}).")
    int seconds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the random weights (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        threads.check(spec.commandLine());
        require(repeat >= 1 && repeat <= MOST, "--repeat must be 1 to " + MOST);
        require(seconds >= 1 && seconds <= MOST, "--seconds must be 1 to " + MOST);
        List<DType> all = TypesBench.types();
        require(all.containsAll(types), "A TYPE must be one of " + all);
        TypesReport report = measure(types.isEmpty() ? all : types);
        spec.commandLine().getOut().print(json ? Json.pretty(report) + "\n" : TypesTable.text(report));
        return 0;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private TypesReport measure(List<DType> chosen) {
        var plan = new TypesBench.Plan(
                chosen,
                quick ? QUICK_SIZE : SIZE,
                quick ? QUICK_BYTES : TypesBench.bytes(chosen.size()),
                repeat,
                threads.count(),
                Duration.ofSeconds(seconds),
                seed);
        try (StatusLine status = StatusLine.on(spec.commandLine().getErr())) {
            return TypesBench.run(plan, status::show);
        }
    }
}
