package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code smelt} as a process of its own, with a cache of its own, which ends as a test likes. */
final class SmeltProcess implements AutoCloseable {
    private static final Path FLAGS = Path.of("../scripts/flags.sh").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LISTENING = "smelt: listening on ";

    private final Process process;
    /** Lines of standard error; guarded by this. */
    private final List<String> said = new ArrayList<>();

    private final Thread reader;

    private SmeltProcess(Process process) {
        this.process = process;
        reader = Thread.ofVirtual().start(this::read);
    }

    /**
     * How it is started.
     *
     * @param cache what SMELT_CACHE names
     * @param disk KiB of a disk that is mounted there for it alone; 0 for none
     * @param before lines of a shell that run before it, such as {@code ulimit -f 10}
     * @param environment more variables
     */
    record Start(Path cache, int disk, String before, Map<String, String> environment) {
        static Start in(Path cache) {
            return new Start(cache, 0, "", Map.of());
        }

        /** Its cache is a disk of its own, empty, which nobody else sees. Skips the test where that cannot be. */
        Start withDisk(int kibibytes) throws IOException, InterruptedException {
            String[] trial = {"unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "x", "/mnt"};
            boolean can = Path.of("/usr/bin/unshare").toFile().canExecute()
                    && new ProcessBuilder(trial).start().waitFor() == 0;
            assumeTrue(can, "a small disk needs a namespace of users and mounts, which this system does not give");
            return new Start(cache, kibibytes, before, environment);
        }

        Start after(String line) {
            return new Start(cache, disk, before + line + "\n", environment);
        }

        Start with(String name, String value) {
            return new Start(cache, disk, before, Map.of(name, value));
        }

        /** Serves at a free port of this machine, where none is named. */
        SmeltProcess serve(String... arguments) {
            List<String> all = new ArrayList<>(List.of("serve"));
            all.addAll(Arrays.asList(arguments));
            if (!all.contains("--port")) {
                all.addAll(List.of("--port", "0"));
            }
            return run(all.toArray(String[]::new));
        }

        /** As the launcher starts it, but for its archive of classes. */
        SmeltProcess run(String... arguments) {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            // what runs in the background of a script is born deaf to Ctrl-C, and so would be its children
            String script = ". \"$TEST_FLAGS\"\nhear=\n"
                    + "env --default-signal=INT true 2>/dev/null && hear='env --default-signal=INT'\n" + mount()
                    + before
                    + "exec $hear \"$TEST_JAVA\" $JVM_FLAGS -cp \"$TEST_CLASSES\" smelt.cli.Main \"$@\"";
            List<String> command = new ArrayList<>();
            if (disk > 0) {
                command.addAll(List.of("unshare", "--user", "--map-root-user", "--mount"));
            }
            command.addAll(List.of("/bin/sh", "-c", script, "smelt"));
            command.addAll(Arrays.asList(arguments));
            ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.PIPE);
            builder.environment().put("TEST_JAVA", java);
            builder.environment().put("TEST_FLAGS", FLAGS.toString());
            builder.environment().put("TEST_CLASSES", classes());
            builder.environment().put("SMELT_CACHE", cache.toString());
            builder.environment().putAll(environment);
            try {
                return new SmeltProcess(builder.start());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String mount() {
            return disk == 0 ? "" : "mount -t tmpfs -o size=" + disk + "k tmpfs \"$SMELT_CACHE\" || exit 77\n";
        }

        /** Those of this test; surefire hides them behind a jar of its own. */
        private static String classes() {
            return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        }
    }

    private void read() {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (this) {
                    said.add(line);
                    notifyAll();
                }
            }
        } catch (IOException e) {
            // it was killed
        }
    }

    /** All of standard error up to now. */
    synchronized String said() {
        return String.join("\n", said);
    }

    /** The first line that begins so; waits for it. */
    synchronized String line(String beginning) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            for (String line : said) {
                if (line.startsWith(beginning)) {
                    return line;
                }
            }
            if (!reader.isAlive() || System.nanoTime() > end) {
                throw new AssertionError("no line begins with '" + beginning + "': " + said());
            }
            wait(10);
        }
    }

    URI uri() throws InterruptedException {
        String line = line(LISTENING);
        return URI.create(line.substring(LISTENING.length(), line.indexOf(';')));
    }

    /** Its address, when the models are loaded. */
    URI ready() throws InterruptedException {
        line("smelt: ready: ");
        return uri();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** @param name such as INT */
    SmeltProcess signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + process.pid())
                .start()
                .waitFor();
        return this;
    }

    /** Ends it as a power cut would. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** The code it ends with; 128 and more: by a signal. */
    int exitCode(Duration patience) throws InterruptedException {
        assertThat(process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
                .as("%s has ended after %s: %s", process.pid(), patience, said())
                .isTrue();
        reader.join();
        return process.exitValue();
    }

    /** Standard output, to its end. */
    String output() throws IOException {
        var all = new StringBuilder();
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                all.append(line).append('\n');
            }
        }
        return all.toString();
    }

    /** Reads nothing more of what it says. */
    void closeStandardError() throws IOException {
        process.getErrorStream().close();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
