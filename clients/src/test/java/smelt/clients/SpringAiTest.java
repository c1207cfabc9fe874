package smelt.clients;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** Guards server/ by Spring AI's model of OpenAI. */
@Tag("model")
class SpringAiTest {
    private static final String QUESTION = "What is the capital of Japan?";
    private static final String ANSWER = "The capital of Japan is Tokyo.";

    private static LiveServer server;
    private static Wiretap tap;
    private static OpenAiChatModel model;

    @BeforeAll
    static void start() throws Exception {
        server = LiveServer.shared();
        tap = new Wiretap(server.uri());
        model = OpenAiChatModel.builder().options(options().build()).build();
    }

    @AfterAll
    static void stop() throws Exception {
        if (tap != null) {
            tap.close();
        }
    }

    private static OpenAiChatOptions.Builder options() {
        return OpenAiChatOptions.builder()
                .baseUrl(tap.openAi())
                .apiKey("none")
                .model(LiveServer.CHAT)
                .temperature(0.0)
                .maxTokens(20);
    }

    private static @Nullable String text(ChatResponse response) {
        return requireNonNull(response.getResult()).getOutput().getText();
    }

    @Test
    void answersAChat() {
        ChatResponse response = model.call(new Prompt(QUESTION));
        assertThat(text(response)).isEqualTo(ANSWER);
        assertThat(requireNonNull(response.getResult()).getMetadata().getFinishReason())
                .isEqualToIgnoringCase("stop");
        assertThat(response.getMetadata().getModel()).isEqualTo(LiveServer.CHAT);
        assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(37);
        assertThat(response.getMetadata().getUsage().getCompletionTokens()).isEqualTo(8);
    }

    @Test
    void streamsTheSameText() {
        Prompt prompt = new Prompt(QUESTION, options().streamUsage(true).build());
        List<ChatResponse> chunks =
                requireNonNull(model.stream(prompt).collectList().block());
        assertThat(chunks.stream()
                        .flatMap(chunk -> chunk.getResults().stream())
                        .map(result -> result.getOutput().getText())
                        .filter(text -> text != null)
                        .collect(Collectors.joining()))
                .isEqualTo(ANSWER);
        assertThat(chunks.getLast().getMetadata().getUsage().getTotalTokens()).isEqualTo(45);
    }

    /** It reads no log-probabilities. */
    @Test
    void takesLogProbabilitiesAndAllThatItSends() {
        OpenAiChatOptions all = options()
                .logprobs(true)
                .topLogprobs(2)
                .topP(0.9)
                .presencePenalty(0.0)
                .frequencyPenalty(0.0)
                .seed(5)
                .n(1)
                .user("someone")
                .store(false)
                .stop(List.of("never"))
                .build();
        assertThat(text(model.call(new Prompt(QUESTION, all)))).isEqualTo(ANSWER);
    }

    @Test
    void saysWhatIsWrongOnceByTheRightException() {
        int before = tap.requests();
        assertThatThrownBy(() -> model.call(
                        new Prompt(QUESTION, options().model("no-such-model").build())))
                .hasStackTraceContaining(NotFoundException.class.getName())
                .hasStackTraceContaining(LiveServer.CHAT);
        assertThatThrownBy(() -> model.call(
                        new Prompt(QUESTION, options().temperature(99.0).build())))
                .hasStackTraceContaining(BadRequestException.class.getName())
                .hasStackTraceContaining("temperature");
        assertThat(tap.requests() - before).as("requests").isEqualTo(2);
    }

    @Test
    void leavingEndsTheAnswer() throws Exception {
        Prompt endless = new Prompt(
                QUESTION,
                options().maxTokens(4000).extraBody(Map.of("ignore_eos", true)).build());
        Cancelling.isNoticed(server, () -> model.stream(endless).take(5).blockLast());
    }
}
