package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Guards server/ by LangChain4j's client of OpenAI, which speaks by the JDK's HTTP client. */
@Tag("model")
class LangChain4jTest {
    private static final String QUESTION = "What is the capital of Japan?";
    private static final String ANSWER = "The capital of Japan is Tokyo.";

    private static LiveServer server;
    private static Wiretap tap;

    @BeforeAll
    static void start() throws Exception {
        server = LiveServer.shared();
        tap = new Wiretap(server.uri());
    }

    @AfterAll
    static void stop() throws Exception {
        if (tap != null) {
            tap.close();
        }
    }

    private static OpenAiChatModel.OpenAiChatModelBuilder model() {
        return OpenAiChatModel.builder()
                .baseUrl(tap.openAi())
                .apiKey("none")
                .modelName(LiveServer.CHAT)
                .temperature(0.0)
                .maxCompletionTokens(20);
    }

    private static OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder streaming() {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(server.openAi())
                .apiKey("none")
                .modelName(LiveServer.CHAT)
                .temperature(0.0);
    }

    private static ChatRequest question() {
        return ChatRequest.builder().messages(UserMessage.from(QUESTION)).build();
    }

    /** What a stream told. */
    private static class Heard implements StreamingChatResponseHandler {
        final StringBuilder text = new StringBuilder();
        final CompletableFuture<ChatResponse> whole = new CompletableFuture<>();

        @Override
        public void onPartialResponse(String partial) {
            text.append(partial);
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            whole.complete(response);
        }

        @Override
        public void onError(Throwable error) {
            whole.completeExceptionally(error);
        }
    }

    @Test
    void answersAChat() {
        ChatResponse response = model().build().chat(question());
        assertThat(response.aiMessage().text()).isEqualTo(ANSWER);
        assertThat(response.metadata().modelName()).isEqualTo(LiveServer.CHAT);
        assertThat(response.metadata().id()).startsWith("chatcmpl-");
        assertThat(response.metadata().finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(response.metadata().tokenUsage().inputTokenCount()).isEqualTo(37);
        assertThat(response.metadata().tokenUsage().outputTokenCount()).isEqualTo(8);
    }

    @Test
    void streamsTheSameText() throws Exception {
        var heard = new Heard();
        streaming().maxCompletionTokens(20).build().chat(question(), heard);
        ChatResponse whole = heard.whole.get();
        assertThat(heard.text.toString()).isEqualTo(ANSWER);
        assertThat(whole.aiMessage().text()).isEqualTo(ANSWER);
        assertThat(whole.metadata().finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(whole.metadata().tokenUsage().totalTokenCount()).isEqualTo(45);
    }

    @Test
    void takesLogProbabilitiesAndAllThatItSends() {
        ChatResponse response = model().logprobs(true)
                .topLogprobs(2)
                .topP(0.9)
                .presencePenalty(0.0)
                .frequencyPenalty(0.0)
                .seed(5)
                .user("someone")
                .store(false)
                .build()
                .chat(question());
        assertThat(response.aiMessage().text()).isEqualTo(ANSWER);
    }

    @Test
    void saysWhatIsWrongOnceByTheRightException() {
        int before = tap.requests();
        assertThatThrownBy(() -> model().modelName("no-such-model").build().chat(question()))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining(LiveServer.CHAT);
        assertThatThrownBy(() -> model().temperature(99.0).build().chat(question()))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("temperature");
        assertThat(tap.requests() - before).as("requests").isEqualTo(2);
        var heard = new Heard();
        streaming().modelName("no-such-model").build().chat(question(), heard);
        assertThatThrownBy(heard.whole::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ModelNotFoundException.class);
    }

    @Test
    void cancellingEndsTheAnswer() throws Exception {
        OpenAiStreamingChatModel endless = streaming()
                .maxCompletionTokens(4000)
                .customParameters(Map.of("ignore_eos", true))
                .build();
        Cancelling.isNoticed(server, () -> {
            var left = new CountDownLatch(1);
            endless.chat(question(), new Heard() {
                @Override
                public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
                    context.streamingHandle().cancel();
                    left.countDown();
                }
            });
            left.await();
        });
    }
}
