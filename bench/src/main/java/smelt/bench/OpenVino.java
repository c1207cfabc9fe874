package smelt.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;

/** OpenVINO GenAI, through a Python that has it. */
public final class OpenVino implements Peer {
    private static final String SCRIPT = "openvino.py";
    private static final Duration ASKING = Duration.ofSeconds(60);

    private final String python;
    private final @Nullable String missing;

    private OpenVino(String python, @Nullable String missing) {
        this.python = python;
        this.missing = missing;
    }

    /** @param python the program, a path or a name */
    public static OpenVino with(String python) {
        return new OpenVino(python, whyMissing(python));
    }

    private static @Nullable String whyMissing(String python) {
        try {
            PeerProcess run = PeerProcess.run(List.of(python, "-c", "import openvino_genai, numpy"), ASKING);
            return run.exitCode() == 0
                    ? null
                    : python + " has no openvino_genai (" + run.ending() + "); --openvino PYTHON names one that has";
        } catch (Failure e) {
            return python + " " + e.what() + "; --openvino PYTHON names a Python that has openvino_genai";
        }
    }

    @Override
    public String name() {
        return "openvino-genai";
    }

    @Override
    public Optional<String> missing() {
        return Optional.ofNullable(missing);
    }

    @Override
    public Result measure(Path file, Scenario scenario, int threads, Duration limit, int round) {
        List<String> command =
                List.of(python, "-c", script(), file.toString(), Integer.toString(threads), Integer.toString(round));
        List<Integer> numbers = switch (scenario) {
            case Scenario.Prefill prefill -> List.of(1, prefill.tokens(), 2);
            case Scenario.Decode decode -> List.of(1, decode.depth(), decode.tokens() + 1);
            case Scenario.Crowd crowd -> List.of(crowd.users(), crowd.prompt(), crowd.tokens());
        };
        List<String> shape = numbers.stream().map(Object::toString).toList();
        return Result.attempt(() -> {
            PeerProcess run = PeerProcess.run(
                    Stream.concat(command.stream(), shape.stream()).toList(), limit);
            if (run.exitCode() != 0) {
                return Result.failed(run.ending());
            }
            String figure = scenario instanceof Scenario.Prefill ? "prefill" : "decode";
            return rate(run.output(), figure)
                    .map(Result::of)
                    .orElseGet(() -> Result.failed("printed no figure that smelt knows: " + run.ending()));
        });
    }

    /** Tokens a second out of the last line that the script prints, an object. */
    static Optional<Double> rate(String output, String figure) {
        String last = output.lines().filter(line -> line.startsWith("{")).reduce("", (before, line) -> line);
        return PeerProcess.number(last, "/" + figure);
    }

    private static String script() {
        try (InputStream in = OpenVino.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException(SCRIPT + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(SCRIPT + " cannot be read", e);
        }
    }
}
