package smelt.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import smelt.bench.Bench;
import smelt.bench.Determinism;
import smelt.bench.Growth;
import smelt.bench.GrowthReport;
import smelt.bench.Guessing;
import smelt.bench.GuessingReport;
import smelt.bench.KernelReport;
import smelt.bench.Kernels;
import smelt.bench.LlamaCpp;
import smelt.bench.OpenVino;
import smelt.bench.OtherSmelt;
import smelt.bench.Peer;
import smelt.bench.Plan;
import smelt.bench.Report;
import smelt.bench.Soak;
import smelt.bench.SoakReport;
import smelt.bench.Startup;
import smelt.bench.StartupReport;
import smelt.store.StoredModel;
import smelt.targets.cpu.CpuFeatures;

/** {@code smelt bench}. */
@Command(
        name = "bench",
        header = "Measure how fast a model runs here, and how much of the machine that is.",
        descriptionHeading = "%n",
        description =
                "Random tokens of a fixed seed, all threads. Every run stands between measurements of what memory "
                        + "and arithmetic reach in the same seconds; what is told is the median of all rounds.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt bench smollm2",
            "  smelt bench smollm2 --quick --json | jq .decode_tokens_per_second",
            "  smelt bench model.gguf --peers --llama-cpp ~/llama.cpp/build/bin",
            "  smelt bench smollm2 --determinism        prove that results are the same bits",
            "  smelt bench smollm2 --soak 30            prove that nothing leaks"
        })
final class BenchCommand implements Callable<Integer> {
    private static final int MOST = 1 << 20;
    private static final int MOST_USERS = 64;
    private static final int MOST_REPEATS = 1000;
    private static final int PROOF_LENGTH = 136;
    private static final int USUAL_THREADS = 4;
    private static final double LEAST_SOAK = 0.1;
    private static final double MOST_SOAK = 1 << 14;

    @Option(
            names = "--prompt",
            paramLabel = "N",
            defaultValue = "512",
            description = "Tokens of the prompt whose prefill is measured (default: ${DEFAULT-VALUE}).")
    int prompt;

    @Option(
            names = "--output",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens to write after a short prompt (default: ${DEFAULT-VALUE}).")
    int output;

    @Option(
            names = {"--context", "--depths"},
            paramLabel = "N",
            split = ",",
            defaultValue = "2048",
            description = "Tokens of context after which writing is measured again (default: ${DEFAULT-VALUE}).")
    List<Integer> depths = List.of();

    @Option(
            names = "--users",
            paramLabel = "N",
            split = ",",
            defaultValue = "4,16,32",
            description = "Numbers of sequences to run at once (default: ${DEFAULT-VALUE}).")
    List<Integer> users = List.of();

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Mixin
    CacheOption cache = new CacheOption();

    @Option(names = "--repeat", paramLabel = "N", description = "Rounds (default: 3; with --determinism 1).")
    @Nullable
    Integer repeat;

    @Option(names = "--quick", description = "One round of less: --output 32, no long context, 16 users.")
    boolean quick;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "600",
            description = "End after about this time, with what there is (default: ${DEFAULT-VALUE}).")
    int seconds;

    @Option(
            names = "--peer-seconds",
            paramLabel = "N",
            defaultValue = "120",
            description = "Time of one run of another engine, at most (default: ${DEFAULT-VALUE}).")
    int peerSeconds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the random tokens (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--peers", description = "Measure llama.cpp and OpenVINO GenAI on the same file, in turns.")
    boolean peers;

    @Option(
            names = "--llama-cpp",
            paramLabel = "DIR",
            description = "Where llama-bench and llama-batched-bench are (default: on the PATH).")
    @Nullable
    Path llamaCpp;

    @Option(
            names = "--openvino",
            paramLabel = "PYTHON",
            defaultValue = "python3",
            description = "A Python that has openvino_genai (default: ${DEFAULT-VALUE}).")
    String openVino = "";

    @Option(
            names = "--against",
            paramLabel = "SMELT",
            description = "Measure the smelt of another checkout in turns with this one: what a change is worth.")
    @Nullable
    Path against;

    /** What to do instead of measuring scenarios. */
    static final class Instead {
        @Option(
                names = "--kernels",
                description = "Tell instead what each kernel of a step takes, and how near to the machine's limits.")
        boolean kernels;

        @Option(names = "--growth", description = "Measure instead how speed grows with tokens, context and threads.")
        boolean growth;

        @Option(
                names = "--startup",
                description =
                        "Measure instead the time from the start of a process to its first token, and its memory.")
        boolean startup;

        @Option(
                names = "--speculation",
                description = "Measure instead what guessing ahead is worth, where text repeats itself and where not.")
        boolean speculation;

        @Option(
                names = "--determinism",
                description =
                        "Prove instead that log-probabilities are the same bits alone and in company, in chunks of any "
                                + "size, on any number of threads, in every instruction set of this machine.")
        boolean determinism;

        @Option(
                names = "--soak",
                paramLabel = "MINUTES",
                description =
                        "Ask instead for all kinds of things for so long: no answer may change, nothing may grow.")
        double soakMinutes;
    }

    @ArgGroup
    Instead instead = new Instead();

    @Mixin
    SpeculationOptions speculation = new SpeculationOptions();

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Mixin
    ModelArgument model = new ModelArgument();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        check();
        StoredModel found = model.resolve(spec.commandLine().getErr());
        if (instead.determinism) {
            return prove(found);
        }
        if (instead.soakMinutes > 0) {
            return soak(found);
        }
        PrintWriter out = spec.commandLine().getOut();
        try (StatusLine status = StatusLine.on(spec.commandLine().getErr())) {
            out.print(measure(found, plan(), status::show));
        }
        return 0;
    }

    private String measure(StoredModel found, Plan plan, Consumer<String> progress) {
        if (instead.kernels) {
            KernelReport report = Kernels.run(found.name(), found.path(), plan, progress);
            return json ? json(report) : KernelTable.text(report);
        }
        if (instead.growth) {
            GrowthReport report = Growth.run(found.name(), found.path(), plan, progress);
            return json ? json(report) : GrowthTable.text(report);
        }
        if (instead.startup) {
            List<String> command = OwnCommand.answering(found.path(), plan);
            StartupReport report = Startup.run(found.name(), found.path(), command, plan, progress);
            return json ? json(report) : StartupTable.text(report);
        }
        if (instead.speculation) {
            Optional<Path> draft =
                    speculation.draft(model.store, spec.commandLine().getErr()).map(StoredModel::path);
            var models = new Guessing.Models(found.name(), found.path(), draft, speculation.how());
            GuessingReport report = Guessing.run(models, plan, progress);
            return json ? json(report) : GuessingTable.text(report);
        }
        Report report = Bench.run(found.name(), found.path(), plan, peers(plan, progress), progress);
        return json ? json(report) : BenchTable.text(report);
    }

    private static String json(Object report) {
        return Json.pretty(report) + "\n";
    }

    private void check() {
        require(prompt >= 1 && prompt <= MOST, "--prompt must be 1 to " + MOST);
        require(output >= 1 && output <= MOST, "--output must be 1 to " + MOST);
        require(depths.stream().allMatch(d -> d >= 1 && d <= MOST), "--context must be 1 to " + MOST);
        require(users.stream().allMatch(u -> u >= 1 && u <= MOST_USERS), "--users must be 1 to " + MOST_USERS);
        require(
                instead.soakMinutes == 0 || (instead.soakMinutes >= LEAST_SOAK && instead.soakMinutes <= MOST_SOAK),
                "--soak must be " + LEAST_SOAK + " to " + MOST_SOAK + " minutes");
        threads.check(spec.commandLine());
        speculation.check(spec.commandLine());
        require(repeat == null || (repeat >= 1 && repeat <= MOST_REPEATS), "--repeat must be 1 to " + MOST_REPEATS);
        require(seconds >= 1 && seconds <= MOST, "--seconds must be 1 to " + MOST);
        require(peerSeconds >= 1 && peerSeconds <= MOST, "--peer-seconds must be 1 to " + MOST);
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private Plan plan() {
        return new Plan(
                prompt,
                quick ? Math.min(output, 32) : output,
                quick ? List.of() : depths,
                quick ? List.of(16) : users,
                repeat != null ? repeat : quick ? 1 : 3,
                threads.count(),
                cache.type(),
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(peerSeconds),
                seed);
    }

    private List<Peer> peers(Plan plan, Consumer<String> progress) {
        List<Peer> found = new ArrayList<>();
        if (against != null) {
            found.add(new OtherSmelt(against, plan));
        }
        if (peers) {
            progress.accept("looking for other engines");
            found.add(LlamaCpp.in(llamaCpp));
            found.add(OpenVino.with(openVino));
        }
        return found;
    }

    private int prove(StoredModel found) {
        int most = threads.count();
        List<Integer> counts = new ArrayList<>(
                IntStream.rangeClosed(1, Math.min(most, USUAL_THREADS)).boxed().toList());
        if (most > USUAL_THREADS) {
            counts.add(most);
        }
        var plan = new Determinism.Plan(
                PROOF_LENGTH,
                repeat == null ? 1 : repeat,
                seed,
                CpuFeatures.host().available(),
                counts,
                cache.type());
        PrintWriter out = spec.commandLine().getOut();
        Determinism.Verdict verdict = Determinism.run(found.name(), found.path(), plan, done -> {
            if (!json) {
                out.println(BenchTable.line(done));
                out.flush();
            }
        });
        out.print(json ? json(verdict) : BenchTable.text(verdict));
        return verdict.same() ? 0 : Complaints.FAILED;
    }

    private int soak(StoredModel found) {
        var plan = new Soak.Plan(
                Duration.ofMillis((long) (instead.soakMinutes * 60_000)), threads.count(), cache.type(), seed);
        SoakReport report;
        try (StatusLine status = StatusLine.on(spec.commandLine().getErr())) {
            report = Soak.run(found.name(), found.path(), plan, status::show);
        }
        spec.commandLine().getOut().print(json ? json(report) : SoakTable.text(report));
        return report.holds() ? 0 : Complaints.FAILED;
    }
}
