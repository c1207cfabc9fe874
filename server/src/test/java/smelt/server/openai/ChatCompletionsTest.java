package smelt.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.events;
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
import smelt.server.fields.Field;
import tools.jackson.databind.JsonNode;

/** Guards server/: OpenAI's chat over HTTP, on models without weights. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ChatCompletionsTest {
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("null", "bare", "vectors");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> chat(String fields) throws Exception {
        return server.post(
                "/v1/chat/completions", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]" + fields + "}");
    }

    @Test
    void answersWhole() throws Exception {
        HttpResponse<String> response = chat(",\"max_tokens\":8,\"seed\":7,\"logit_bias\":{\"256\":-100}");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode body = json(response);
        assertThat(body.path("id").stringValue()).startsWith("chatcmpl-");
        assertThat(body.path("object").stringValue()).isEqualTo("chat.completion");
        assertThat(body.path("model").stringValue()).isEqualTo("null");
        assertThat(body.has("error")).isFalse();
        JsonNode choice = body.path("choices").get(0);
        assertThat(choice.path("index").intValue()).isZero();
        assertThat(choice.path("finish_reason").stringValue()).isEqualTo("length");
        assertThat(choice.path("message").path("role").stringValue()).isEqualTo("assistant");
        assertThat(body.path("usage").path("completion_tokens").intValue()).isEqualTo(8);
        assertThat(body.path("usage").path("prompt_tokens").intValue())
                .isEqualTo(NullModels.promptTokens("user", "Hello"));
        assertThat(chat(",\"max_tokens\":8,\"seed\":7,\"logit_bias\":{\"256\":-100}")
                        .body())
                .contains(choice.path("message").path("content").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"logprobs\":true,\"top_logprobs\":2", ",\"stop\":[\"a\",\"e\"]", ",\"n\":3"})
    void streamsTheSameAsItAnswersWhole(String more) throws Exception {
        String fields = ",\"max_tokens\":40,\"seed\":11" + more;
        JsonNode whole = json(chat(fields)).path("choices");
        HttpResponse<String> streamed = chat(fields + ",\"stream\":true");
        assertThat(streamed.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        assertThat(streamed.body()).endsWith("data: [DONE]\n\n");
        List<JsonNode> chunks = events(streamed);
        assertThat(chunks.stream().map(chunk -> chunk.path("id")).distinct()).hasSize(1);
        for (int i = 0; i < whole.size(); i++) {
            int index = i;
            List<JsonNode> own = chunks.stream()
                    .map(chunk -> chunk.path("choices").get(0))
                    .filter(choice -> choice.path("index").intValue() == index)
                    .toList();
            StringBuilder text = new StringBuilder();
            List<JsonNode> scores = new java.util.ArrayList<>();
            own.forEach(choice -> {
                text.append(choice.path("delta").path("content").asString(""));
                choice.path("logprobs").path("content").forEach(scores::add);
            });
            assertThat(own.getFirst().path("delta").path("role").stringValue()).isEqualTo("assistant");
            assertThat(text.toString())
                    .isEqualTo(whole.get(i).path("message").path("content").stringValue());
            assertThat(scores)
                    .isEqualTo(whole.get(i)
                            .path("logprobs")
                            .path("content")
                            .valueStream()
                            .toList());
            assertThat(own.getLast().path("delta").isEmpty()).isTrue();
            assertThat(own.getLast().path("finish_reason"))
                    .isEqualTo(whole.get(i).path("finish_reason"));
        }
    }

    @Test
    void tellsUsageInALastChunkWhereAsked() throws Exception {
        List<JsonNode> chunks =
                events(chat(",\"max_tokens\":3,\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        assertThat(chunks.getLast().path("choices").isEmpty()).isTrue();
        assertThat(chunks.getLast().path("usage").path("total_tokens").intValue())
                .isGreaterThan(NullModels.promptTokens("user", "Hello"));
        assertThat(chunks.getFirst().path("usage").isNull()).isTrue();
        assertThat(events(chat(",\"max_tokens\":3,\"stream\":true"))).noneMatch(chunk -> chunk.has("usage"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"temperature\":\"warm\" | temperature | invalid_type",
                "\"temperature\":3 | temperature | out_of_range",
                "\"max_tokens\":-5 | max_tokens | out_of_range",
                "\"max_tokens\":1.5 | max_tokens | invalid_type",
                "\"stop\":5 | stop | invalid_type",
                "\"top_logprobs\":50,\"logprobs\":true | top_logprobs | out_of_range",
                "\"top_logprobs\":2 | top_logprobs | invalid_value",
                "\"stream_options\":{\"include_usage\":true} | stream_options | invalid_value",
                "\"stream\":true,\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true} "
                        + "| stream_options.continuous_usage_stats | unsupported_parameter",
                "\"temprature\":1 | temprature | unknown_parameter",
                "\"logit_bias\":{\"x\":1} | logit_bias | invalid_value",
                "\"logit_bias\":{\"99999999\":1} | logit_bias | invalid_value",
                "\"n\":1000 | n | out_of_range",
                "\"messages\":[] | messages | invalid_value",
                "\"seed\":99999999999999999999 | seed | out_of_range",
            })
    void namesTheFieldThatIsWrong(String field, String param, String code) throws Exception {
        String messages = field.contains("messages") ? "" : "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],";
        HttpResponse<String> response = server.post("/v1/chat/completions", "{" + messages + field + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = json(response).path("error");
        assertThat(error.path("param").stringValue()).isEqualTo(param);
        assertThat(error.path("code").stringValue()).isEqualTo(code);
        assertThat(error.path("type").stringValue()).isEqualTo("invalid_request_error");
        assertThat(error.path("message").stringValue()).contains(param);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"tools\":[],\"tool_choice\":\"none\",\"response_format\":{\"type\":\"text\"}",
                ",\"temperature\":null,\"nonsense\":null,\"stop\":null",
                ",\"user\":\"me\",\"store\":true,\"metadata\":{},\"reasoning_effort\":\"low\""
            })
    void passesWhatAsksForNothing(String fields) throws Exception {
        HttpResponse<String> response = chat(fields + ",\"max_tokens\":2");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @Test
    void neverCutsThePrompt() throws Exception {
        String content = "x".repeat(NullModels.CONTEXT);
        HttpResponse<String> response = server.post(
                "/v1/chat/completions", "{\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("error").path("code").stringValue()).isEqualTo("context_length_exceeded");
        assertThat(json(response).path("error").path("message").stringValue())
                .contains("prompt is too long", "this model's maximum context length is " + NullModels.CONTEXT)
                .contains(Integer.toString(NullModels.promptTokens("user", content)));
    }

    @ParameterizedTest
    @CsvSource({"other,404,model_not_found", "bare,400,unsupported_operation", "vectors,400,unsupported_operation"})
    void saysWhatAModelCannotDo(String model, int status, String code) throws Exception {
        HttpResponse<String> response = chat(",\"model\":\"" + model + "\"");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).path("error").path("code").stringValue()).isEqualTo(code);
    }

    @Test
    void tellsWhatTheTemplateSays() throws Exception {
        HttpResponse<String> response = server.post(
                "/chat/completions", "{\"messages\":[{\"role\":\"user\",\"content\":\"raise\"}],\"stream\":true}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("the template refuses this");
    }

    /** The 37 fields of OpenAI's own description. */
    @Test
    void knowsEveryFieldOfTheInterface() {
        String all = "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens"
                + " max_tokens messages metadata modalities model moderation n parallel_tool_calls prediction"
                + " presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort"
                + " response_format safety_identifier seed service_tier stop store stream stream_options temperature"
                + " tool_choice tools top_logprobs top_p user verbosity web_search_options";
        assertThat(ChatCompletions.FIELDS.all().stream().map(Field::name))
                .contains(all.split(" "))
                .contains("top_k", "min_p", "n_probs", "min_tokens", "chat_template_kwargs", "grammar");
        assertThat(all.split(" ")).hasSize(37);
    }

    @Test
    void tellsTokensAndThoseOfThePrompt() throws Exception {
        JsonNode body = json(chat(",\"max_tokens\":4,\"prompt_logprobs\":1,\"return_token_ids\":true,\"n_probs\":2"));
        int prompt = NullModels.promptTokens("user", "Hello");
        assertThat(body.path("prompt_token_ids")).hasSize(prompt);
        assertThat(body.path("prompt_logprobs")).hasSize(prompt);
        JsonNode choice = body.path("choices").get(0);
        assertThat(choice.path("token_ids").size()).isBetween(1, 4);
        choice.path("logprobs")
                .path("content")
                .forEach(entry -> assertThat(entry.path("top_logprobs")).hasSize(2));
    }

    @Test
    void continuesTheLastMessageWhereWanted() throws Exception {
        String begun = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},"
                + "{\"role\":\"assistant\",\"content\":\"b\"}],\"continue_final_message\":true,\"max_tokens\":1}";
        assertThat(json(server.post("/v1/chat/completions", begun))
                        .path("usage")
                        .path("prompt_tokens")
                        .intValue())
                .isEqualTo("[user]a[assistant]b".length());
    }

    @Test
    void listsModels() throws Exception {
        assertThat(json(server.get("/v1/models"))
                        .path("data")
                        .valueStream()
                        .map(m -> m.path("id").stringValue()))
                .containsExactly("null", "bare", "vectors");
        assertThat(json(server.get("/v1/models/bare")).path("id").stringValue()).isEqualTo("bare");
        assertThat(server.get("/v1/models/some/other").statusCode()).isEqualTo(404);
    }
}
