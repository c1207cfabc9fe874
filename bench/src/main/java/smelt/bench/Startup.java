package smelt.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Option;
import smelt.runtime.OpenModel;

/** Measures what a user waits for: processes of smelt itself, from their start to the first token. */
public final class Startup {
    private static final String CACHE = Option.CACHE.name();
    /** To learn how many bytes the packed weights take. */
    private static final int SOME_POSITIONS = 64;

    private final List<String> command;
    private final Plan plan;
    private final Consumer<String> progress;
    private final long begin = System.nanoTime();
    private final List<Run> warm = new ArrayList<>();
    private final List<Run> cold = new ArrayList<>();

    private record Run(double first, double whole, Optional<ResidentMemory> resident) {}

    private Startup(List<String> command, Plan plan, Consumer<String> progress) {
        this.command = command;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @param command that answers a question with this model on standard output, some tokens long
     * @param plan of which repetitions, threads and times are looked at
     * @param progress hears what is being done
     * @throws Failure as loading a model does; UNAVAILABLE where the command fails
     */
    public static StartupReport run(
            String name, Path file, List<String> command, Plan plan, Consumer<String> progress) {
        return new Startup(command, plan, progress).run(name, file);
    }

    private StartupReport run(String name, Path file) {
        progress.accept("starting once unmeasured");
        start(Optional.empty());
        for (int round = 1; round <= plan.repeat(); round++) {
            if (round == 1 || System.nanoTime() - begin < plan.budget().toNanos()) {
                progress.accept("round " + round + " of " + plan.repeat());
                warm.add(start(Optional.empty()));
                cold.add(startWithoutKernels());
            }
        }
        Host host = Host.detect();
        return new StartupReport(
                name,
                host.machine().cpu(),
                host.tier().text(),
                plan.threads(),
                command,
                spread(warm, Run::first),
                spread(cold, Run::first),
                spread(warm, Run::whole),
                memory(file, host),
                host.busy(plan.threads()).stream().toList(),
                (System.nanoTime() - begin) / 1e9);
    }

    private Run startWithoutKernels() {
        try {
            Path folder = Files.createTempDirectory("smelt-cache");
            try {
                return start(Optional.of(folder));
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "No folder for compiled kernels: " + e.getMessage())
                    .withCause(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    /** @param cache of compiled kernels; empty: the user's */
    private Run start(Optional<Path> cache) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        cache.ifPresent(folder -> builder.environment().put(CACHE, folder.toString()));
        try {
            Path errors = Files.createTempFile("smelt-start", ".err");
            try {
                builder.redirectError(errors.toFile());
                long start = System.nanoTime();
                return watch(builder.start(), start, errors);
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "smelt cannot be started: " + e.getMessage())
                    .withCause(e);
        }
    }

    private Run watch(Process process, long start, Path errors) throws IOException {
        CompletableFuture.delayedExecutor(plan.peerLimit().toMillis(), TimeUnit.MILLISECONDS)
                .execute(process::destroyForcibly);
        try (InputStream answer = process.getInputStream()) {
            boolean answers = answer.read() >= 0;
            double first = (System.nanoTime() - start) / 1e9;
            Optional<ResidentMemory> resident = ResidentMemory.of(process.pid());
            answer.transferTo(OutputStream.nullOutputStream());
            process.onExit().join();
            if (!answers || process.exitValue() != 0) {
                throw Failure.of(
                        FailureCode.UNAVAILABLE,
                        "smelt started by itself ended with " + process.exitValue() + ": "
                                + Files.readString(errors).strip());
            }
            return new Run(first, (System.nanoTime() - start) / 1e9, resident);
        } finally {
            process.destroyForcibly();
        }
    }

    private StartupReport.Memory memory(Path file, Host host) {
        long weights;
        try (OpenModel loaded =
                Subject.load(file, host.tier(), plan.threads(), SOME_POSITIONS, SOME_POSITIONS, plan.cache())) {
            weights = loaded.model().weightBytes();
        }
        Optional<Long> total = median(ResidentMemory::total);
        return new StartupReport.Memory(
                weights, total, median(ResidentMemory::ofFiles), total.map(bytes -> Math.max(0, bytes - weights)));
    }

    private Optional<Long> median(ToLongFunction<ResidentMemory> bytes) {
        return Spread.of(warm.stream()
                        .flatMap(run -> run.resident().stream())
                        .map(resident -> (double) bytes.applyAsLong(resident))
                        .toList())
                .map(spread -> (long) spread.median());
    }

    private static Spread spread(List<Run> runs, ToDoubleFunction<Run> seconds) {
        return Spread.of(runs.stream().map(seconds::applyAsDouble).toList()).orElseThrow();
    }
}
