package smelt.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** The machine's own pip, whose settings (mirrors, proxies, certificates, credentials) are the user's. */
final class PipCommand {
    private static final List<List<String>> CANDIDATES = List.of(
            List.of("python3", "-m", "pip"),
            List.of("python", "-m", "pip"),
            List.of("pip3"),
            List.of("pip"),
            List.of("py", "-m", "pip"));
    private static final Pattern ANNOUNCED = Pattern.compile("Downloading .*\\((\\d+(?:\\.\\d+)?) (bytes|kB|MB|GB)\\)");
    private static final long POLL_MILLIS = 200;
    private static final int KEPT_LINES = 50;

    private final List<String> command;

    PipCommand(List<String> command) {
        this.command = List.copyOf(command);
    }

    /** @throws Failure UNAVAILABLE where no pip answers */
    static PipCommand find() throws InterruptedException {
        for (List<String> candidate : CANDIDATES) {
            if (answers(candidate)) {
                return new PipCommand(candidate);
            }
        }
        throw Failure.of(FailureCode.UNAVAILABLE, "No pip was found on this machine (tried python3 -m pip, pip3, pip)")
                .withNextStep("install it (Debian and Ubuntu: apt install python3-pip)");
    }

    private static boolean answers(List<String> candidate) throws InterruptedException {
        List<String> version = new ArrayList<>(candidate);
        version.add("--version");
        try {
            Process process = new ProcessBuilder(version)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Downloads the wheel of {@code requirement} into {@code into}. Source distributions are refused: to look at one,
     * pip runs its code.
     *
     * @param announced told the size of the wheel before its transfer, where pip tells it; may refuse it by a failure
     */
    void download(String requirement, Path into, LongConsumer announced, Progress progress)
            throws IOException, InterruptedException {
        Path temporary = Files.createDirectories(into.resolve("tmp"));
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of("download", "--no-deps", "--only-binary", ":all:", "--no-input"));
        arguments.addAll(List.of("--disable-pip-version-check", "--no-cache-dir", "--progress-bar", "off"));
        arguments.addAll(List.of("--dest", into.toString(), requirement));
        ProcessBuilder builder = new ProcessBuilder(arguments).redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(nothing(into)));
        builder.environment().put("TMPDIR", temporary.toString());
        builder.environment().put("PYTHONUNBUFFERED", "1");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        Thread killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            new Run(process, requirement, announced, progress).await(into);
        } finally {
            process.destroy();
            Runtime.getRuntime().removeShutdownHook(killer);
        }
    }

    private static java.io.File nothing(Path into) throws IOException {
        Path empty = into.resolve("tmp").resolve("stdin");
        Files.write(empty, new byte[0]);
        return empty.toFile();
    }

    /** One pip at work: its output is read for the size, its folder is watched for the progress. */
    private static final class Run {
        private final Process process;
        private final String requirement;
        private final LongConsumer announced;
        private final Progress progress;
        private final Deque<String> lastLines = new ArrayDeque<>();
        private boolean started;

        Run(Process process, String requirement, LongConsumer announced, Progress progress) {
            this.process = process;
            this.requirement = requirement;
            this.announced = announced;
            this.progress = progress;
        }

        void await(Path into) throws IOException, InterruptedException {
            try (BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                boolean ended = false;
                while (!ended) {
                    ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
                    while (output.ready()) {
                        line(output.readLine());
                    }
                    if (started) {
                        progress.at(Parts.bytesBelow(into));
                    }
                }
            } finally {
                if (started) {
                    progress.finish();
                }
            }
            if (process.exitValue() != 0) {
                throw failed();
            }
        }

        private void line(String text) {
            lastLines.addLast(text);
            if (lastLines.size() > KEPT_LINES) {
                lastLines.removeFirst();
            }
            Matcher m = ANNOUNCED.matcher(text);
            if (m.find() && !started) {
                long bytes = Math.round(Double.parseDouble(m.group(1)) * unit(m.group(2)));
                announced.accept(bytes);
                progress.start(requirement, 0, OptionalLong.of(bytes));
                started = true;
            }
        }

        private static double unit(String name) {
            return switch (name) {
                case "kB" -> 1e3;
                case "MB" -> 1e6;
                case "GB" -> 1e9;
                default -> 1;
            };
        }

        private Failure failed() {
            List<String> errors = lastLines.stream()
                    .filter(l -> l.startsWith("ERROR:") || l.contains("error:"))
                    .map(l -> l.replaceFirst("^ERROR: ", ""))
                    .toList();
            String said = errors.isEmpty() ? "exit code " + process.exitValue() : errors.getLast();
            if (said.contains("No matching distribution") && !unreachable()) {
                return Failure.of(FailureCode.NOT_FOUND, "pip finds no wheel of " + requirement)
                        .withNextStep("check the spelling; pip download " + requirement + " shows what pip sees");
            }
            return Failure.of(FailureCode.UNAVAILABLE, "pip could not download " + requirement + ": " + said)
                    .withNextStep("try pip download --no-deps " + requirement + " for the whole story");
        }

        /** pip says "no matching distribution" also where it could not reach its index; warnings tell. */
        private boolean unreachable() {
            return lastLines.stream().anyMatch(l -> l.contains("Retrying (") || l.contains("connection error"));
        }
    }
}
