package smelt.clients;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.BadRequestException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.output.Response;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;

/** Guards server/: all clients get the same embeddings. */
@Tag("model")
class EmbeddingClientsTest {
    private static final List<String> TEXTS = List.of("the cat sat on the mat", "the dog runs in the park");
    private static final int WIDTH = 32;

    private static LiveServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        server = LiveServer.shared();
        client = OpenAIOkHttpClient.builder()
                .baseUrl(server.openAi())
                .apiKey("none")
                .responseValidation(true)
                .build();
    }

    private static CreateEmbeddingResponse embed(EmbeddingCreateParams.EncodingFormat format) {
        return client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model(LiveServer.EMBEDDING)
                        .inputOfArrayOfStrings(TEXTS)
                        .encodingFormat(format)
                        .build())
                .validate();
    }

    private static float[] vector(Embedding embedding) {
        float[] vector = new float[embedding.embedding().size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = embedding.embedding().get(i);
        }
        return vector;
    }

    @Test
    void openAiJavaReadsBothEncodings() {
        CreateEmbeddingResponse plain = embed(EmbeddingCreateParams.EncodingFormat.FLOAT);
        CreateEmbeddingResponse packed = embed(EmbeddingCreateParams.EncodingFormat.BASE64);
        assertThat(plain.data()).extracting(Embedding::index).containsExactly(0L, 1L);
        assertThat(plain.usage().promptTokens()).isEqualTo(16);
        for (int i = 0; i < TEXTS.size(); i++) {
            float[] vector = vector(plain.data().get(i));
            assertThat(vector).hasSize(WIDTH);
            assertThat(vector(packed.data().get(i))).containsExactly(vector, within(1e-6f));
        }
    }

    @Test
    void langChain4jReadsThem() {
        OpenAiEmbeddingModel model = OpenAiEmbeddingModel.builder()
                .baseUrl(server.openAi())
                .apiKey("none")
                .modelName(LiveServer.EMBEDDING)
                .build();
        Response<List<dev.langchain4j.data.embedding.Embedding>> response =
                model.embedAll(TEXTS.stream().map(TextSegment::from).toList());
        List<Embedding> expected =
                embed(EmbeddingCreateParams.EncodingFormat.FLOAT).data();
        for (int i = 0; i < TEXTS.size(); i++) {
            assertThat(response.content().get(i).vector()).containsExactly(vector(expected.get(i)), within(1e-6f));
        }
        assertThat(requireNonNull(response.tokenUsage()).inputTokenCount()).isEqualTo(16);
    }

    @Test
    void springAiReadsThem() {
        var options = OpenAiEmbeddingOptions.builder()
                .baseUrl(server.openAi())
                .apiKey("none")
                .model(LiveServer.EMBEDDING)
                .build();
        EmbeddingResponse response = org.springframework.ai.openai.OpenAiEmbeddingModel.builder()
                .options(options)
                .build()
                .embedForResponse(TEXTS);
        List<Embedding> expected =
                embed(EmbeddingCreateParams.EncodingFormat.FLOAT).data();
        for (int i = 0; i < TEXTS.size(); i++) {
            assertThat(response.getResults().get(i).getOutput())
                    .containsExactly(vector(expected.get(i)), within(1e-6f));
        }
        assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(16);
    }

    @Test
    void aChatModelMakesNone() {
        assertThatThrownBy(() -> client.embeddings()
                        .create(EmbeddingCreateParams.builder()
                                .model(LiveServer.CHAT)
                                .input("text")
                                .build()))
                .isInstanceOf(BadRequestException.class);
    }
}
