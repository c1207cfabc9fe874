package smelt.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import smelt.base.Failure;
import smelt.base.FailureCode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A program that was run to its end.
 *
 * @param exitCode 128 + the signal's number where a signal ended it
 * @param output its last megabyte of standard output
 * @param errors its last megabyte of standard error
 */
record PeerProcess(int exitCode, String output, String errors) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MOST_OUTPUT = 1 << 20;
    private static final int SIGNAL = 128;
    private static final int SHOWN = 200;

    /**
     * Runs {@code command} and waits for it, {@code limit} at most.
     *
     * @throws Failure UNAVAILABLE where it cannot be started or takes longer, CANCELLED where the wait is interrupted
     */
    static PeerProcess run(List<String> command, Duration limit) {
        List<Path> files = new ArrayList<>();
        try {
            Path output = Files.createTempFile("smelt-peer", ".out");
            files.add(output);
            Path errors = Files.createTempFile("smelt-peer", ".err");
            files.add(errors);
            Process process = new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            return new PeerProcess(await(process, limit), tail(output), tail(errors));
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "cannot be started: " + e.getMessage())
                    .withCause(e);
        } finally {
            files.forEach(file -> file.toFile().delete());
        }
    }

    private static int await(Process process, Duration limit) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
            throw Failure.of(FailureCode.UNAVAILABLE, "took longer than " + limit.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(FailureCode.CANCELLED, "The benchmark was interrupted")
                    .withCause(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String tail(Path file) throws IOException {
        byte[] all = Files.size(file) > 64L * MOST_OUTPUT ? new byte[0] : Files.readAllBytes(file);
        int from = Math.max(0, all.length - MOST_OUTPUT);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    }

    /** The positive number at {@code pointer} of what was printed as JSON; empty where there is none. */
    static Optional<Double> number(String json, String pointer) {
        try {
            JsonNode node = JSON.readTree(json).at(pointer);
            return node.isNumber() && node.asDouble() > 0 ? Optional.of(node.asDouble()) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    boolean crashed() {
        return exitCode > SIGNAL;
    }

    /** How it ended, with the last line it wrote. */
    String ending() {
        String how = crashed() ? "crashed with signal " + (exitCode - SIGNAL) : "ended with code " + exitCode;
        String last = (output + "\n" + errors)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .reduce("", (before, line) -> line);
        return last.isEmpty() || crashed() ? how : how + ": " + last.substring(0, Math.min(SHOWN, last.length()));
    }
}
