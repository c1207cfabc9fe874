package smelt.clients;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Guards server/ by the Python clients of OpenAI, Anthropic and Ollama, and by lm-eval. */
@Tag("model")
@ParameterizedClass(name = "{1}")
@CsvSource({
    "clients, client_openai.py",
    "clients, client_openai_more.py",
    "clients, client_anthropic.py",
    "clients, client_tools.py",
    "clients, client_ollama.py",
    "lm-eval, client_lm_eval.py",
})
class PythonClientsTest {
    private static LiveServer server;

    private final String packages;
    private final String script;

    PythonClientsTest(String packages, String script) {
        this.packages = packages;
        this.script = script;
    }

    @BeforeAll
    static void start() {
        server = LiveServer.shared();
    }

    @TestFactory
    Stream<DynamicTest> checks() throws Exception {
        return PythonChecks.run(packages, script, server);
    }
}
