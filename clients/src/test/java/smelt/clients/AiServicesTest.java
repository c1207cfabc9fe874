package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.TokenStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import smelt.server.RunningServer;

/**
 * Guards server/: LangChain4j's services run tools and read answers as objects, on a model that repeats what it is told
 * last.
 */
class AiServicesTest {
    private static final String MODEL = "echo";
    private static final String SAYS =
            "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": 22}}\n</tool_call>";
    private static final String ANSWER = "{\"sum\": 23, \"parts\": [\"1\", \"22\"]}";

    @AutoClose
    private static final RunningServer server = RunningServer.of(MODEL);

    /** What an answer is read as. */
    record Sum(int sum, List<String> parts) {}

    /** What LangChain4j implements. */
    interface Adder {
        Result<Sum> add(String request);
    }

    /** The same as it is written. */
    interface StreamingAdder {
        TokenStream add(String request);
    }

    /** What the model may call. */
    static class Tools {
        final List<Integer> heard = new ArrayList<>();

        @Tool("Adds two numbers")
        String add(@P("the first number") int a, @P("the second number") int b) {
            heard.add(a);
            heard.add(b);
            return ANSWER;
        }
    }

    private static OpenAiChatModel.OpenAiChatModelBuilder model() {
        return OpenAiChatModel.builder()
                .baseUrl(server.uri("/v1").toString())
                .apiKey("none")
                .modelName(MODEL)
                .temperature(0.0);
    }

    @Test
    void aToolIsRunAndTheAnswerIsAnObject() {
        var tools = new Tools();
        Adder adder = AiServices.builder(Adder.class)
                .chatModel(model().supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                        .strictJsonSchema(true)
                        .build())
                .tools(tools)
                .chatMemory(MessageWindowChatMemory.withMaxMessages(10))
                .build();
        Result<Sum> result = adder.add(SAYS);
        assertThat(result.content()).isEqualTo(new Sum(23, List.of("1", "22")));
        assertThat(result.toolExecutions()).singleElement().satisfies(execution -> {
            assertThat(execution.request().name()).isEqualTo("add");
            assertThat(execution.result()).isEqualTo(ANSWER);
        });
        assertThat(tools.heard).containsExactly(1, 22);
    }

    @Test
    void aStreamRunsTheToolToo() throws Exception {
        var tools = new Tools();
        StreamingAdder adder = AiServices.builder(StreamingAdder.class)
                .streamingChatModel(OpenAiStreamingChatModel.builder()
                        .baseUrl(server.uri("/v1").toString())
                        .apiKey("none")
                        .modelName(MODEL)
                        .temperature(0.0)
                        .build())
                .tools(tools)
                .build();
        var text = new StringBuilder();
        var whole = new CompletableFuture<String>();
        adder.add(SAYS)
                .onPartialResponse(text::append)
                .onCompleteResponse(
                        response -> whole.complete(response.aiMessage().text()))
                .onError(whole::completeExceptionally)
                .start();
        assertThat(whole.get()).isEqualTo(ANSWER);
        assertThat(text).hasToString(ANSWER);
        assertThat(tools.heard).containsExactly(1, 22);
    }
}
