package smelt.clients;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Guards server/ by the Python clients of OpenAI, Anthropic and Ollama, and by lm-eval. */
@Tag("model")
class PythonClientsTest {
    private static LiveServer server;

    @BeforeAll
    static void start() {
        server = LiveServer.shared();
    }

    @TestFactory
    Stream<DynamicTest> openai() throws Exception {
        return PythonChecks.run("clients", "client_openai.py", server);
    }

    @TestFactory
    Stream<DynamicTest> anthropic() throws Exception {
        return PythonChecks.run("clients", "client_anthropic.py", server);
    }

    @TestFactory
    Stream<DynamicTest> openaiBeyondChat() throws Exception {
        return PythonChecks.run("clients", "client_openai_more.py", server);
    }

    @TestFactory
    Stream<DynamicTest> tools() throws Exception {
        return PythonChecks.run("clients", "client_tools.py", server);
    }

    @TestFactory
    Stream<DynamicTest> ollama() throws Exception {
        return PythonChecks.run("clients", "client_ollama.py", server);
    }

    @TestFactory
    Stream<DynamicTest> lmEval() throws Exception {
        return PythonChecks.run("lm-eval", "client_lm_eval.py", server);
    }
}
