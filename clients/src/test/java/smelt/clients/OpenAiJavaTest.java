package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.completions.CompletionUsage;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Guards server/ by OpenAI's own Java library: every field that it reads is there. */
@Tag("model")
class OpenAiJavaTest {
    private static LiveServer server;
    private static Wiretap tap;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws Exception {
        server = LiveServer.shared();
        tap = new Wiretap(server.uri());
        client = OpenAIOkHttpClient.builder()
                .baseUrl(tap.openAi())
                .apiKey("none")
                .responseValidation(true)
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        if (client != null) {
            client.close();
            tap.close();
        }
    }

    private static ChatCompletionCreateParams.Builder japan() {
        return ChatCompletionCreateParams.builder()
                .model(LiveServer.CHAT)
                .addUserMessage("What is the capital of Japan?")
                .temperature(0)
                .maxCompletionTokens(20);
    }

    @Test
    void answersAChat() {
        ChatCompletion answer = client.chat().completions().create(japan().build());
        answer.validate();
        ChatCompletion.Choice choice = answer.choices().getFirst();
        assertThat(choice.message().content()).contains("The capital of Japan is Tokyo.");
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(answer.id()).startsWith("chatcmpl-");
        assertThat(answer.created()).isPositive();
        assertThat(answer.model()).isEqualTo(LiveServer.CHAT);
        CompletionUsage usage = answer.usage().orElseThrow();
        assertThat(usage.promptTokens()).isEqualTo(37);
        assertThat(usage.completionTokens()).isEqualTo(8);
        assertThat(usage.totalTokens()).isEqualTo(45);
    }

    @Test
    void streamsTheSameText() {
        var params = japan().streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        List<ChatCompletionChunk> chunks;
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(params)) {
            chunks = response.stream().map(ChatCompletionChunk::validate).toList();
        }
        String text = chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.delta().content().stream())
                .collect(Collectors.joining());
        assertThat(text).isEqualTo("The capital of Japan is Tokyo.");
        assertThat(chunks.stream().map(ChatCompletionChunk::id).distinct()).hasSize(1);
        assertThat(chunks.stream().map(ChatCompletionChunk::created).distinct()).hasSize(1);
        assertThat(chunks.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .flatMap(choice -> choice.finishReason().stream()))
                .containsExactly(ChatCompletionChunk.Choice.FinishReason.STOP);
        assertThat(chunks.getLast().choices()).isEmpty();
        assertThat(chunks.getLast().usage().orElseThrow().totalTokens()).isEqualTo(45);
    }

    @Test
    void givesLogProbabilities() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(japan().logprobs(true).topLogprobs(3).build());
        List<ChatCompletionTokenLogprob> content =
                answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
        assertThat(content.stream().map(ChatCompletionTokenLogprob::token).collect(Collectors.joining()))
                .isEqualTo("The capital of Japan is Tokyo.");
        for (ChatCompletionTokenLogprob token : content) {
            token.validate();
            assertThat(token.topLogprobs()).hasSize(3);
            assertThat(token.topLogprobs().getFirst().token()).isEqualTo(token.token());
            assertThat(token.topLogprobs().getFirst().logprob()).isEqualTo(token.logprob());
        }
    }

    @Test
    void saysWhatIsWrongOnceByTheRightException() {
        int before = tap.requests();
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(japan().model("no-such-model").build()))
                .isInstanceOf(NotFoundException.class)
                .asInstanceOf(type(OpenAIServiceException.class))
                .satisfies(e -> {
                    assertThat(e.code()).contains("model_not_found");
                    assertThat(e.param()).contains("model");
                    assertThat(e).hasMessageContaining(LiveServer.CHAT);
                });
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(japan().temperature(99).build()))
                .isInstanceOf(BadRequestException.class)
                .asInstanceOf(type(OpenAIServiceException.class))
                .satisfies(e -> {
                    assertThat(e.param()).contains("temperature");
                    assertThat(e.type()).contains("invalid_request_error");
                });
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .createStreaming(japan().putAdditionalBodyProperty("temprature", JsonValue.from(1))
                                .build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("temperature");
        assertThat(tap.requests() - before)
                .as("requests: what the caller must mend is not tried again")
                .isEqualTo(3);
    }

    @Test
    void listsModels() {
        assertThat(client.models().list().data())
                .extracting(model -> model.validate().id())
                .contains(LiveServer.CHAT, LiveServer.EMBEDDING);
        assertThat(client.models().retrieve(LiveServer.CHAT).id()).isEqualTo(LiveServer.CHAT);
    }

    @Test
    void leavingEndsTheAnswer() throws Exception {
        var endless = japan().maxCompletionTokens(4000)
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                .build();
        Cancelling.isNoticed(server, () -> {
            try (StreamResponse<ChatCompletionChunk> response =
                    client.chat().completions().createStreaming(endless)) {
                Iterator<ChatCompletionChunk> chunks = response.stream().iterator();
                for (int i = 0; i < 5; i++) {
                    chunks.next();
                }
            }
        });
    }
}
