package smelt.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.server.NullModels;
import smelt.server.RunningServer;
import tools.jackson.databind.JsonNode;

/** Guards server/: text to tokens and back over HTTP, templates, and the routes that are not there. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class TextRoutesTest {
    private static final String CHAT = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("null", "bare");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode answer(String path, String fields) throws Exception {
        HttpResponse<String> response = server.post(path, "{" + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"content", "prompt"})
    void tokenizes(String name) throws Exception {
        JsonNode body = answer("/tokenize", "\"" + name + "\":\"aü<|end|>\",\"return_token_strs\":true");
        assertThat(body.path("tokens").valueStream().mapToInt(JsonNode::intValue))
                .containsExactly(97, 195, 188, NullModels.END);
        assertThat(body.path("count").intValue()).isEqualTo(4);
        assertThat(body.path("max_model_len").intValue()).isEqualTo(NullModels.CONTEXT);
        assertThat(body.path("token_strs").get(3).stringValue()).isEqualTo("<|end|>");
        JsonNode pieces = answer("/tokenize", "\"" + name + "\":\"aü\",\"with_pieces\":true")
                .path("tokens");
        assertThat(pieces.get(0).toString()).isEqualTo("{\"id\":97,\"piece\":\"a\"}");
        assertThat(pieces.get(1).toString()).isEqualTo("{\"id\":195,\"piece\":[195]}");
        assertThat(answer("/tokenize", "\"" + name + "\":\"<|end|>\",\"parse_special\":false")
                        .path("count")
                        .intValue())
                .isEqualTo(7);
    }

    @Test
    void tokenizesAChatAsItIsAnswered() throws Exception {
        assertThat(answer("/tokenize", CHAT).path("count").intValue()).isEqualTo(NullModels.promptTokens("user", "Hi"));
    }

    @Test
    void writesTokensAsText() throws Exception {
        JsonNode body = answer("/detokenize", "\"tokens\":[97,195,188,256]");
        assertThat(body.path("content").stringValue()).isEqualTo("aü<|end|>");
        assertThat(body.path("prompt")).isEqualTo(body.path("content"));
    }

    @Test
    void appliesTheTemplate() throws Exception {
        assertThat(answer("/apply-template", CHAT).path("prompt").stringValue()).isEqualTo("[user]Hi[assistant]");
        assertThat(answer("/apply-template", CHAT + ",\"add_generation_prompt\":false")
                        .path("prompt")
                        .stringValue())
                .isEqualTo("[user]Hi");
        assertThat(answer("/apply-template", CHAT + ",\"chat_template_kwargs\":{\"enable_thinking\":false}")
                        .path("prompt")
                        .stringValue())
                .isEqualTo("[user]Hi{enable_thinking=false}[assistant]");
        assertThat(answer("/apply-template", CHAT + ",\"reasoning\":{\"enabled\":false}")
                        .path("prompt")
                        .stringValue())
                .isEqualTo("[user]Hi{enable_thinking=false}[assistant]");
        String begun = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},"
                + "{\"role\":\"assistant\",\"content\":\"Well, \"}],\"continue_final_message\":true";
        assertThat(answer("/apply-template", begun + ",\"chat_template_kwargs\":{\"a\":1}")
                        .path("prompt")
                        .stringValue())
                .isEqualTo("[user]Hi[assistant]Well, ");
    }

    @Test
    void describesTheTokenizer() throws Exception {
        JsonNode body = json(server.get("/tokenizer_info"));
        assertThat(body.path("eos_token").stringValue()).isEqualTo("<|end|>");
        assertThat(body.path("vocab_size").intValue()).isEqualTo(NullModels.END + 1);
        assertThat(server.get("/tokenizer_info?model=other").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/tokenize | \"add_special\":true | content",
                "/tokenize | \"content\":\"a\",\"prompt\":\"a\" | content",
                "/detokenize | \"tokens\":[257] | tokens",
                "/detokenize | \"tokens\":\"a\" | tokens",
                "/apply-template | \"model\":\"null\" | messages",
                "/apply-template | \"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"model\":\"bare\" | -",
                "/apply-template | \"messages\":[{\"role\":\"user\",\"content\":\"a\"}],"
                        + "\"chat_template_kwargs\":{\"messages\":1} | chat_template_kwargs",
            })
    void namesTheFieldThatIsWrong(String path, String fields, String param) throws Exception {
        HttpResponse<String> response = server.post(path, "{" + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("error").path("param").asString("-")).isEqualTo(param);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/audio/transcriptions",
                "/v1/audio/speech",
                "/v1/images/generations",
                "/v1/moderations",
                "/v1/files",
                "/v1/files/a/content",
                "/v1/batches",
                "/v1/batches/a/cancel",
                "/v1/conversations",
                "/v1/responses/compact"
            })
    void saysWhichRoutesItLacks(String path) throws Exception {
        for (String at : List.of(path, path.substring("/v1".length()))) {
            HttpResponse<String> response = server.post(at, "{}");
            assertThat(response.statusCode()).as(at).isEqualTo(501);
            assertThat(json(response).path("error").path("code").stringValue()).isEqualTo("not_implemented");
            assertThat(json(response).path("error").path("message").stringValue())
                    .endsWith(at);
            assertThat(response.headers().firstValue("x-should-retry")).hasValue("false");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/responses/resp_1", "/responses/resp_1/input_items", "/v1/chat/completions/chatcmpl-1"})
    void saysThatAnswersAreNotStored(String path) throws Exception {
        for (HttpResponse<String> response :
                List.of(server.get(path), server.post(path, "{}"), server.delete(path, ""))) {
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(json(response).path("error").path("message").stringValue())
                    .contains("not stored", path.substring(path.lastIndexOf("s/") + 2));
        }
    }
}
