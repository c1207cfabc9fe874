package smelt.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the scripts of {@code src/test/python}, each check as a test, in an environment with packages of their own. */
final class PythonChecks {
    private static final Path SCRIPTS = Path.of("src/test/python").toAbsolutePath();
    private static final Path ENVIRONMENTS = Path.of("target/python").toAbsolutePath();
    private static final long INSTALL_MINUTES = 10;
    private static final JsonMapper JSON = new JsonMapper();

    private PythonChecks() {}

    /**
     * A Python with the packages of {@code requirements-NAME.txt}, which lists all that they need, through the user's
     * own pip settings. Skips the test where they cannot be had.
     */
    static synchronized Path environment(String name) throws IOException, InterruptedException {
        Path requirements = SCRIPTS.resolve("requirements-" + name + ".txt");
        Path folder = ENVIRONMENTS.resolve(name);
        Path python = folder.resolve("bin/python");
        Path installed = folder.resolve("installed.txt");
        String wanted = Files.readString(requirements);
        if (!Files.exists(installed) || !Files.readString(installed).equals(wanted)) {
            Files.createDirectories(folder);
            install(folder, "python3", "-m", "venv", folder.toString());
            install(
                    folder,
                    python.toString(),
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "--requirement",
                    requirements.toString());
            Files.writeString(installed, wanted);
        }
        return python;
    }

    private static void install(Path folder, String... command) throws IOException, InterruptedException {
        Path log = folder.resolve("install.log");
        int code;
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES)) {
                process.destroy();
            }
            code = process.waitFor();
        } catch (IOException e) {
            assumeTrue(false, command[0] + " cannot be run: " + e.getMessage());
            throw e;
        }
        List<String> said = Files.exists(log) ? Files.readAllLines(log) : List.of();
        String last = said.isEmpty() ? "no reason given" : said.getLast();
        assumeTrue(code == 0, "Python packages cannot be installed: " + last);
    }

    /** The checks of a script, which has run. */
    static Stream<DynamicTest> run(String environment, String script, LiveServer server) throws Exception {
        Path python = environment(environment);
        Path errors = Files.createTempFile("smelt-" + script, ".err");
        Process process = new ProcessBuilder(
                        python.toString(),
                        SCRIPTS.resolve(script).toString(),
                        server.uri().toString())
                .redirectError(errors.toFile())
                .start();
        List<DynamicTest> checks = new ArrayList<>();
        try (BufferedReader told = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter answers = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true)) {
            for (String line = told.readLine(); line != null; line = told.readLine()) {
                JsonNode said = JSON.readTree(line);
                if (said.has("left")) {
                    answers.println(Cancelling.millisUntilStopped(server));
                } else {
                    checks.add(test(said));
                }
            }
        }
        int code = process.waitFor();
        String trouble = Files.readString(errors);
        Files.delete(errors);
        checks.add(DynamicTest.dynamicTest(script + " runs to its end", () -> {
            if (code != 0 || checks.size() < 2) {
                throw new AssertionError(script + " ended with " + code + ": " + trouble);
            }
        }));
        return checks.stream();
    }

    private static DynamicTest test(JsonNode said) {
        return DynamicTest.dynamicTest(said.get("check").asString(), () -> {
            if (said.hasNonNull("failure")) {
                throw new AssertionError(said.get("failure").asString());
            }
        });
    }
}
