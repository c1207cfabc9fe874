package smelt.clients;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import smelt.server.RunningServer;

/**
 * Guards server/: Java's clients call tools and bring their results back. The model repeats what it is told: the call
 * that its user wrote, then the tool's result.
 */
class ToolClientsTest {
    private static final String MODEL = "echo";
    private static final String SAYS =
            "Sure.\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\":1,\"b\":22}}\n</tool_call>";
    private static final String ARGUMENTS = "{\"a\":1,\"b\":22}";

    @AutoClose
    private static final RunningServer server = RunningServer.of(MODEL);

    private static ChatCompletionCreateParams.Builder chat() {
        Map<String, Object> integer = Map.of("type", "integer");
        // in this order, and Map.of has none: properties are answered in the order of the schema
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("a", integer);
        properties.put("b", integer);
        return ChatCompletionCreateParams.builder()
                .model(MODEL)
                .temperature(0)
                .addFunctionTool(FunctionDefinition.builder()
                        .name("add")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", com.openai.core.JsonValue.from("object"))
                                .putAdditionalProperty("properties", com.openai.core.JsonValue.from(properties))
                                .build())
                        .build())
                .addUserMessage(SAYS);
    }

    @Test
    void openAiJavaCallsAndGetsTheSameStreamed() {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(server.uri("/v1").toString())
                .apiKey("none")
                .responseValidation(true)
                .build();
        ChatCompletion answer = client.chat().completions().create(chat().build());
        ChatCompletion.Choice choice = answer.validate().choices().getFirst();
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        assertThat(choice.message().content()).contains("Sure.");
        ChatCompletionMessageFunctionToolCall call =
                choice.message().toolCalls().orElseThrow().getFirst().asFunction();
        assertThat(call.function().name()).isEqualTo("add");
        assertThat(call.function().arguments()).isEqualTo(ARGUMENTS);
        var accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(chat().build())) {
            response.stream().map(ChatCompletionChunk::validate).forEach(accumulator::accumulate);
        }
        var streamed = accumulator.chatCompletion().choices().getFirst().message();
        assertThat(streamed.toolCalls().orElseThrow().getFirst().asFunction().function())
                .isEqualTo(call.function());
        ChatCompletion after = client.chat()
                .completions()
                .create(chat().addMessage(choice.message())
                        .addMessage(ChatCompletionToolMessageParam.builder()
                                .toolCallId(call.id())
                                .content("It is 23.")
                                .build())
                        .build());
        assertThat(after.choices().getFirst().message().content()).contains("It is 23.");
        client.close();
    }

    @Test
    void langChain4jCallsWholeAndStreamed() throws Exception {
        JsonObjectSchema parameters = JsonObjectSchema.builder()
                .addIntegerProperty("a")
                .addIntegerProperty("b")
                .required("a", "b")
                .build();
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from(SAYS))
                .toolSpecifications(ToolSpecification.builder()
                        .name("add")
                        .description("Adds")
                        .parameters(parameters)
                        .build())
                .build();
        var model = dev.langchain4j.model.openai.OpenAiChatModel.builder()
                .baseUrl(server.uri("/v1").toString())
                .apiKey("none")
                .modelName(MODEL)
                .temperature(0.0)
                .build();
        ChatResponse whole = model.chat(request);
        assertThat(whole.metadata().finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
        ToolExecutionRequest call = whole.aiMessage().toolExecutionRequests().getFirst();
        assertThat(call.name()).isEqualTo("add");
        assertThat(call.arguments()).isEqualTo(ARGUMENTS);
        ChatResponse after = model.chat(request.toBuilder()
                .messages(UserMessage.from(SAYS), whole.aiMessage(), ToolExecutionResultMessage.from(call, "It is 23."))
                .build());
        assertThat(after.aiMessage().text()).isEqualTo("It is 23.");
        AiMessage streamed = streamed(request).aiMessage();
        assertThat(streamed.text()).isEqualTo("Sure.");
        assertThat(streamed.toolExecutionRequests().getFirst().arguments()).isEqualTo(ARGUMENTS);
    }

    private static ChatResponse streamed(ChatRequest request) throws Exception {
        var whole = new CompletableFuture<ChatResponse>();
        OpenAiStreamingChatModel.builder()
                .baseUrl(server.uri("/v1").toString())
                .apiKey("none")
                .modelName(MODEL)
                .temperature(0.0)
                .build()
                .chat(request, new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String partial) {}

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        whole.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        whole.completeExceptionally(error);
                    }
                });
        return whole.get();
    }

    /** What a tool is told. */
    record Sum(int a, int b) {}

    @Test
    void springAiRunsAToolCallback() {
        Function<Sum, String> add = sum -> "It is " + (sum.a() + sum.b()) + ".";
        ToolCallback callback = FunctionToolCallback.builder("add", add)
                .description("Adds")
                .inputType(Sum.class)
                .build();
        OpenAiChatOptions options = OpenAiChatOptions.builder()
                .baseUrl(server.uri("/v1").toString())
                .apiKey("none")
                .model(MODEL)
                .temperature(0.0)
                .toolCallbacks(List.of(callback))
                .build();
        OpenAiChatModel model = OpenAiChatModel.builder().options(options).build();
        Prompt prompt = new Prompt(SAYS, options);
        var response = model.call(prompt);
        assertThat(response.hasToolCalls()).isTrue();
        var executed = ToolCallingManager.builder().build().executeToolCalls(prompt, response);
        var after = model.call(new Prompt(executed.conversationHistory(), options));
        assertThat(requireNonNull(after.getResult()).getOutput().getText()).contains("It is 23.");
    }
}
