package smelt.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Another checkout of smelt, so that two states of the code are measured in turns. */
public final class OtherSmelt implements Peer {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Until its own time begins: it may have to be built. */
    private static final Duration STARTING = Duration.ofMinutes(2);

    private final Path launcher;
    private final Plan plan;
    private int measuredRound = -1;
    private Map<String, Double> rates = Map.of();
    /** Of the round that was measured last. */
    private Optional<Result> failure = Optional.empty();

    /** @param launcher the file {@code smelt} of the other checkout */
    public OtherSmelt(Path launcher, Plan plan) {
        this.launcher = launcher;
        this.plan = plan;
    }

    @Override
    public String name() {
        return "other smelt";
    }

    @Override
    public Optional<String> missing() {
        return Files.isExecutable(launcher)
                ? Optional.empty()
                : Optional.of(launcher + " cannot be run; --against names the file smelt of another checkout");
    }

    /** One run of the other bench measures all scenarios of a round, and has the time of all of them. */
    @Override
    public Result measure(Path file, Scenario scenario, int threads, Duration limit, int round) {
        if (round != measuredRound) {
            measuredRound = round;
            measureAll(file, threads, limit.multipliedBy(plan.scenarios().size()));
        }
        return Optional.ofNullable(rates.get(scenario.name()))
                .map(Result::of)
                .or(() -> failure)
                .orElseGet(() -> Result.failed("has no figure for it"));
    }

    private void measureAll(Path file, int threads, Duration limit) {
        rates = Map.of();
        failure = Optional.empty();
        Result done = Result.attempt(() -> {
            PeerProcess run = PeerProcess.run(command(file, threads, limit), limit.plus(STARTING));
            if (run.exitCode() == 0) {
                rates = rates(run.output());
            }
            return Result.failed(run.ending());
        });
        failure = rates.isEmpty() ? Optional.of(done) : Optional.empty();
    }

    private List<String> command(Path file, int threads, Duration limit) {
        List<String> command = new ArrayList<>(List.of(
                launcher.toAbsolutePath().toString(),
                "bench",
                file.toString(),
                "--json",
                "--offline",
                "--repeat",
                "1"));
        command.addAll(List.of("--prompt", Integer.toString(plan.prompt())));
        command.addAll(List.of("--output", Integer.toString(plan.output())));
        command.addAll(List.of("--threads", Integer.toString(threads)));
        command.addAll(List.of("--seed", Long.toString(plan.seed())));
        command.addAll(List.of("--seconds", Long.toString(Math.max(1, limit.toSeconds()))));
        if (plan.cache() != CacheType.F16) {
            command.addAll(List.of("--kv", plan.cache().text()));
        }
        if (plan.depths().isEmpty()) {
            command.add("--quick");
        } else {
            command.addAll(List.of("--context", joined(plan.depths()), "--users", joined(plan.users())));
        }
        return command;
    }

    private static String joined(List<Integer> numbers) {
        return numbers.stream().map(Object::toString).collect(Collectors.joining(","));
    }

    /** Medians by scenario out of what {@code smelt bench --json} prints. */
    static Map<String, Double> rates(String output) {
        Map<String, Double> rates = new HashMap<>();
        try {
            for (JsonNode row : JSON.readTree(output).path("runs")) {
                JsonNode median = row.at("/tokens_per_second/median");
                if (median.isNumber()) {
                    rates.put(row.path("scenario").asString(), median.asDouble());
                }
            }
        } catch (JacksonException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "printed no report that smelt can read")
                    .withCause(e);
        }
        return rates;
    }
}
