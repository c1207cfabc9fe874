package smelt.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** llama.cpp, through its own llama-bench and llama-batched-bench. */
public final class LlamaCpp implements Peer {
    private static final String SINGLE = "llama-bench";
    private static final String BATCHED = "llama-batched-bench";

    private final @Nullable Path single;
    private final @Nullable Path batched;
    private final String looked;
    /** Scenarios that crash as built: builds with AMX are known to die in their tiles, plain kernels then go on. */
    private final Map<Scenario, String> crashes = new HashMap<>();

    private LlamaCpp(List<Path> folders, String looked) {
        this.single = find(folders, SINGLE);
        this.batched = find(folders, BATCHED);
        this.looked = looked;
    }

    /** @param folder of the programs, or of the build that has them in bin; null: where PATH says */
    public static LlamaCpp in(@Nullable Path folder) {
        if (folder != null) {
            return new LlamaCpp(
                    List.of(
                            folder,
                            folder.resolve("bin"),
                            folder.resolve("build").resolve("bin")),
                    folder.toString());
        }
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        List<Path> folders = Stream.of(path.split(File.pathSeparator))
                .filter(part -> !part.isEmpty())
                .map(Path::of)
                .toList();
        return new LlamaCpp(folders, "PATH");
    }

    private static @Nullable Path find(List<Path> folders, String program) {
        return folders.stream()
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    @Override
    public String name() {
        return "llama.cpp";
    }

    @Override
    public Optional<String> missing() {
        return single != null
                ? Optional.empty()
                : Optional.of("there is no " + SINGLE + " in " + looked + "; --llama-cpp DIR names its folder");
    }

    @Override
    public Result measure(Path file, Scenario scenario, int threads, Duration limit, int round) {
        Path program = scenario instanceof Scenario.Crowd ? batched : single;
        if (program == null) {
            return Result.failed("there is no " + BATCHED + " in " + looked);
        }
        List<String> command = command(program, file, scenario, threads);
        return Result.attempt(() -> {
            PeerProcess run = crashes.containsKey(scenario) ? null : PeerProcess.run(command, limit);
            if (run != null && !run.crashed()) {
                return read(scenario, run);
            }
            String crash = run == null ? crashes.get(scenario) : run.ending();
            crashes.put(scenario, crash);
            return read(scenario, PeerProcess.run(plain(command, scenario), limit))
                    .withNote(crash + "; measured without its repacked kernels");
        });
    }

    private static List<String> command(Path program, Path file, Scenario scenario, int threads) {
        String count = Integer.toString(threads);
        List<String> command = new ArrayList<>(List.of(program.toString(), "-m", file.toString(), "-t", count));
        List<String> single = List.of("-fa", "1", "-r", "1", "-o", "json");
        switch (scenario) {
            case Scenario.Prefill prefill -> {
                command.addAll(single);
                command.addAll(List.of("-p", Integer.toString(prefill.tokens()), "-n", "0"));
            }
            case Scenario.Decode decode -> {
                command.addAll(single);
                command.addAll(List.of("-p", "0", "-n", Integer.toString(decode.tokens())));
                // no prompt where ours is short: it costs nothing, and a build that dies in prompts goes on
                int depth = decode.depth() <= Plan.SHORT_PROMPT ? 0 : decode.depth();
                command.addAll(List.of("-d", Integer.toString(depth)));
            }
            case Scenario.Crowd crowd -> {
                int positions = crowd.users() * crowd.positions();
                command.addAll(List.of("-tb", count, "-c", Integer.toString(positions), "-b", "2048"));
                command.addAll(List.of("-npp", Integer.toString(crowd.prompt())));
                command.addAll(List.of("-ntg", Integer.toString(crowd.tokens())));
                command.addAll(List.of("-npl", Integer.toString(crowd.users()), "--output-format", "jsonl"));
            }
        }
        return command;
    }

    private static List<String> plain(List<String> command, Scenario scenario) {
        List<String> flags = scenario instanceof Scenario.Crowd ? List.of("--no-repack") : List.of("--repack", "0");
        return Stream.concat(command.stream(), flags.stream()).toList();
    }

    private static Result read(Scenario scenario, PeerProcess run) {
        if (run.exitCode() != 0) {
            return Result.failed(run.ending());
        }
        Optional<Double> rate = scenario instanceof Scenario.Crowd ? batchedRate(run.output()) : rate(run.output());
        return rate.map(Result::of)
                .orElseGet(() -> Result.failed("printed no figure that smelt knows: " + run.ending()));
    }

    /** Tokens a second out of what llama-bench prints with {@code -o json}: a list of tests. */
    static Optional<Double> rate(String output) {
        int begin = output.indexOf('[');
        return begin < 0 ? Optional.empty() : PeerProcess.number(output.substring(begin), "/0/avg_ts");
    }

    /** Tokens a second of decode out of what llama-batched-bench prints as jsonl, among other lines. */
    static Optional<Double> batchedRate(String output) {
        return output.lines()
                .filter(line -> line.startsWith("{"))
                .flatMap(line -> PeerProcess.number(line, "/speed_tg").stream())
                .findFirst();
    }
}
