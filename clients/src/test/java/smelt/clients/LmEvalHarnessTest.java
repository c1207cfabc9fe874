package smelt.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Guards server/ by lm-eval's whole harness of tasks; {@code ./verify lm-eval}. */
@Tag("model")
class LmEvalHarnessTest {
    @TestFactory
    Stream<DynamicTest> tasks() throws Exception {
        assumeTrue(Boolean.getBoolean("smelt.harness"), "its packages take 400 MB: ./verify lm-eval installs them");
        return PythonChecks.run("lm-eval-harness", "harness_lm_eval.py", LiveServer.shared());
    }
}
