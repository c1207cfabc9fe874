package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import smelt.server.RunningServer;

/** Guards server/ by what Schemathesis makes of its OpenAPI document: no answer is a 5xx, and each is as described. */
class SchemathesisTest {
    private static final String SEED = "20261123";
    /** Routes whose right answer is 501, here without a store of models. */
    private static final String LACKING = "/(audio|images|moderations|files|batches|conversations|responses/compact)"
            + "|^/api/(pull|push|create|copy|delete|blobs)";

    private static final String EXAMPLES = System.getProperty("smelt.schemathesisExamples", "25");

    @Test
    void everyRouteBearsWhatItsDescriptionAllows() throws Exception {
        Path python = PythonChecks.environment("schemathesis");
        Path log = Files.createDirectories(Path.of("target")).resolve("schemathesis.log");
        try (RunningServer server = RunningServer.of("null", "vectors")) {
            Process process = new ProcessBuilder(
                            python.resolveSibling("st").toString(),
                            "run",
                            server.uri("/openapi.json").toString(),
                            "--seed",
                            SEED,
                            "--max-examples",
                            EXAMPLES,
                            "--phases",
                            "examples,coverage,fuzzing",
                            "--checks",
                            "not_a_server_error,status_code_conformance,content_type_conformance,"
                                    + "response_schema_conformance",
                            "--exclude-path-regex",
                            LACKING,
                            "--request-timeout",
                            "20",
                            "--continue-on-failure",
                            "--warnings",
                            "off",
                            "--no-color")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            int code = process.waitFor();
            String said = Files.readString(log);
            assertThat(code).as(said).isZero();
            assertThat(said).contains("No issues found");
        }
    }
}
