package smelt.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.events;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.engine.LoadedModel;
import smelt.engine.Score;
import smelt.engine.Scorer;
import smelt.engine.Settings;
import smelt.engine.sampling.LogProbs;
import smelt.server.NullModels;
import smelt.server.RunningServer;
import tools.jackson.databind.JsonNode;

/** Guards server/: OpenAI's completions over HTTP, on models without weights. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class CompletionsTest {
    private static final String[] LISTS = {"tokens", "token_logprobs", "top_logprobs", "text_offset"};

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("null", "vectors");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> complete(String fields) throws Exception {
        return server.post("/v1/completions", "{" + fields + "}");
    }

    private static JsonNode answer(String fields) throws Exception {
        HttpResponse<String> response = complete(fields);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static JsonNode choice(String fields) throws Exception {
        return answer(fields).path("choices").get(0);
    }

    @Test
    void answersWhole() throws Exception {
        JsonNode body = answer("\"prompt\":\"Once\",\"seed\":3,\"ignore_eos\":true");
        assertThat(body.path("id").stringValue()).startsWith("cmpl-");
        assertThat(body.path("object").stringValue()).isEqualTo("text_completion");
        assertThat(body.path("model").stringValue()).isEqualTo("null");
        JsonNode choice = body.path("choices").get(0);
        assertThat(choice.path("index").intValue()).isZero();
        assertThat(choice.path("finish_reason").stringValue()).isEqualTo("length");
        assertThat(choice.path("logprobs").isNull()).isTrue();
        assertThat(body.path("usage").path("prompt_tokens").intValue()).isEqualTo(4);
        assertThat(body.path("usage").path("completion_tokens").intValue()).isEqualTo(16);
        assertThat(json(server.post("/completions", "{\"prompt\":\"Once\",\"seed\":3,\"ignore_eos\":true}"))
                        .path("choices"))
                .isEqualTo(body.path("choices"));
    }

    @Test
    void takesPromptsInEveryForm() throws Exception {
        String more = ",\"seed\":3,\"max_tokens\":5,\"n\":2";
        JsonNode one = answer("\"prompt\":\"ab\"" + more).path("choices");
        JsonNode two = answer("\"prompt\":\"c\"" + more).path("choices");
        assertThat(answer("\"prompt\":[97,98]" + more).path("choices")).isEqualTo(one.deepCopy());
        for (String prompts : List.of("[\"ab\",\"c\"]", "[[97,98],[99]]")) {
            JsonNode body = answer("\"prompt\":" + prompts + more);
            JsonNode all = body.path("choices");
            assertThat(all).hasSize(4);
            for (int i = 0; i < 4; i++) {
                assertThat(all.get(i).path("index").intValue()).isEqualTo(i);
                assertThat(all.get(i).path("text"))
                        .isEqualTo((i < 2 ? one : two).get(i % 2).path("text"));
            }
            assertThat(body.path("usage").path("prompt_tokens").intValue()).isEqualTo(3);
            assertThat(body.path("usage").path("completion_tokens").intValue()).isEqualTo(20);
        }
    }

    /** What lm-eval reads: one generated token behind the prompt's, whatever it is. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void scoresAnEchoedPrompt(int generated) throws Exception {
        JsonNode choice = choice("\"prompt\":\"Grüße\",\"echo\":true,\"logprobs\":1,\"temperature\":0,\"max_tokens\":"
                + generated + ",\"stop_token_ids\":[" + allIds() + "]");
        JsonNode scores = choice.path("logprobs");
        for (String list : LISTS) {
            assertThat(scores.path(list)).as(list).hasSize(7 + generated);
        }
        assertThat(scores.path("token_logprobs").get(0).isNull()).isTrue();
        assertThat(scores.path("top_logprobs").get(0).isNull()).isTrue();
        assertThat(scores.path("tokens").get(2).stringValue()).isEqualTo("bytes:\\xc3");
        assertThat(scores.path("text_offset").valueStream().limit(7).mapToInt(JsonNode::intValue))
                .containsExactly(0, 1, 2, 2, 3, 3, 4);
        for (int i = 1; i < 7 + generated; i++) {
            double own = scores.path("token_logprobs").get(i).doubleValue();
            JsonNode top = scores.path("top_logprobs").get(i);
            assertThat(top.size()).isBetween(1, 2);
            assertThat(top.get(scores.path("tokens").get(i).stringValue()).doubleValue())
                    .isEqualTo(own);
            assertThat(top.valueStream()
                            .mapToDouble(JsonNode::doubleValue)
                            .max()
                            .orElseThrow())
                    .isGreaterThanOrEqualTo(own);
        }
        assertThat(choice.path("text").stringValue()).startsWith("Grüße");
        JsonNode byIds =
                choice("\"prompt\":[71,114,195,188,195,159,101],\"echo\":true,\"logprobs\":1,\"temperature\":0,"
                        + "\"max_tokens\":" + generated + ",\"stop_token_ids\":[" + allIds() + "]");
        assertThat(byIds).isEqualTo(choice);
    }

    private static String allIds() {
        StringBuilder ids = new StringBuilder("0");
        for (int id = 1; id <= NullModels.END; id++) {
            ids.append(',').append(id);
        }
        return ids.toString();
    }

    /** To the bit: the wire rounds nothing. */
    @Test
    void scoresAsTheEngineDoes() throws Exception {
        int[] ids = {71, 114, 195, 188, 195, 159, 101, 32, 120};
        JsonNode scores = choice(
                        "\"prompt\":" + Arrays.toString(ids) + ",\"echo\":true,\"logprobs\":1,\"max_tokens\":0")
                .path("logprobs");
        try (LoadedModel model = NullModels.model("null", Settings.DEFAULT)) {
            List<Score.Token> expected =
                    new Scorer(model.engine()).score(ids, 1).tokens();
            for (int i = 1; i < ids.length; i++) {
                LogProbs own = Objects.requireNonNull(expected.get(i).logProbs());
                assertThat(scores.path("token_logprobs").get(i).doubleValue()).isEqualTo(own.logProb());
                assertThat(scores.path("top_logprobs")
                                .get(i)
                                .valueStream()
                                .mapToDouble(JsonNode::doubleValue)
                                .max())
                        .hasValue(own.top().getFirst().logProb());
            }
        }
    }

    @Test
    void scoresAFullContext() throws Exception {
        String prompt = "x".repeat(NullModels.CONTEXT);
        JsonNode choice = choice("\"prompt\":\"" + prompt + "\",\"echo\":true,\"logprobs\":0,\"max_tokens\":0");
        assertThat(choice.path("logprobs").path("tokens")).hasSize(NullModels.CONTEXT);
        assertThat(choice.path("logprobs").path("top_logprobs").get(1)).hasSize(1);
        assertThat(choice.path("text").stringValue()).isEqualTo(prompt);
        HttpResponse<String> refused = complete("\"prompt\":\"" + prompt + "\",\"max_tokens\":1");
        assertThat(json(refused).path("error").path("code").stringValue()).isEqualTo("context_length_exceeded");
    }

    @Test
    void offsetsNameThePlacesOfTokens() throws Exception {
        JsonNode choice = choice("\"prompt\":\"ab\",\"echo\":true,\"logprobs\":2,\"max_tokens\":40,\"seed\":5,"
                + "\"ignore_eos\":true,\"logit_bias\":{\"256\":-100}");
        String text = choice.path("text").stringValue();
        JsonNode tokens = choice.path("logprobs").path("tokens");
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i).stringValue();
            int offset = choice.path("logprobs").path("text_offset").get(i).intValue();
            if (!token.startsWith("bytes:")) {
                // bytes before it that are no text show as U+FFFD when it comes
                assertThat(text.substring(text.offsetByCodePoints(0, offset)).replaceFirst("^\uFFFD+", ""))
                        .startsWith(token);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",\"logprobs\":2",
                ",\"echo\":true",
                ",\"echo\":true,\"logprobs\":2",
                ",\"stop\":[\"a\",\"e\"],\"logprobs\":0",
                ",\"echo\":true,\"max_tokens\":0,\"logprobs\":1"
            })
    void streamsTheSameAsItAnswersWhole(String more) throws Exception {
        String fields = "\"prompt\":[\"Hello\",\"you\"],\"n\":2,\"seed\":11"
                + (more.contains("max_tokens") ? "" : ",\"max_tokens\":30") + more;
        JsonNode whole = answer(fields).path("choices");
        HttpResponse<String> streamed =
                complete(fields + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        assertThat(streamed.body()).endsWith("data: [DONE]\n\n");
        List<JsonNode> chunks = events(streamed);
        assertThat(chunks.getLast().path("usage").path("total_tokens").isInt()).isTrue();
        assertThat(chunks.getLast().path("choices").isEmpty()).isTrue();
        for (int i = 0; i < whole.size(); i++) {
            StringBuilder text = new StringBuilder();
            List<List<JsonNode>> lists = new ArrayList<>();
            while (lists.size() < LISTS.length) {
                lists.add(new ArrayList<>());
            }
            JsonNode last = whole;
            for (JsonNode chunk : chunks) {
                JsonNode choice = chunk.path("choices").path(0);
                if (choice.path("index").asInt(-1) == i) {
                    text.append(choice.path("text").stringValue());
                    for (int l = 0; l < LISTS.length; l++) {
                        choice.path("logprobs").path(LISTS[l]).forEach(lists.get(l)::add);
                    }
                    last = choice;
                }
            }
            assertThat(text.toString()).isEqualTo(whole.get(i).path("text").stringValue());
            assertThat(last.path("finish_reason")).isEqualTo(whole.get(i).path("finish_reason"));
            for (int l = 0; l < LISTS.length; l++) {
                assertThat(lists.get(l))
                        .isEqualTo(whole.get(i)
                                .path("logprobs")
                                .path(LISTS[l])
                                .valueStream()
                                .toList());
            }
        }
    }

    @Test
    void tellsTheBestOfSeveral() throws Exception {
        String fields = "\"prompt\":\"abc\",\"seed\":9,\"max_tokens\":6,\"logprobs\":0,\"ignore_eos\":true";
        List<JsonNode> all =
                answer(fields + ",\"n\":5").path("choices").valueStream().toList();
        List<String> best = all.stream()
                .sorted(Comparator.comparingDouble(CompletionsTest::mean).reversed())
                .limit(2)
                .map(choice -> choice.path("text").stringValue())
                .toList();
        JsonNode body = answer(fields + ",\"n\":2,\"best_of\":5");
        assertThat(body.path("choices")
                        .valueStream()
                        .map(choice -> choice.path("text").stringValue()))
                .isEqualTo(best);
        assertThat(body.path("usage").path("completion_tokens").intValue()).isEqualTo(30);
    }

    private static double mean(JsonNode choice) {
        return choice.path("logprobs")
                .path("token_logprobs")
                .valueStream()
                .mapToDouble(JsonNode::doubleValue)
                .average()
                .orElseThrow();
    }

    @Test
    void tellsTokensAndThoseOfThePrompt() throws Exception {
        JsonNode choice = choice("\"prompt\":\"abc\",\"seed\":9,\"max_tokens\":4,\"ignore_eos\":true,"
                + "\"prompt_logprobs\":2,\"return_token_ids\":true");
        assertThat(choice.path("prompt_token_ids").valueStream().mapToInt(JsonNode::intValue))
                .containsExactly(97, 98, 99);
        assertThat(choice.path("token_ids")).hasSize(4);
        assertThat(choice.path("logprobs").isNull()).isTrue();
        JsonNode scores = choice.path("prompt_logprobs");
        assertThat(scores).hasSize(3);
        assertThat(scores.get(0).isNull()).isTrue();
        assertThat(scores.get(1).size()).isBetween(2, 3);
        assertThat(scores.get(1).path("98").path("decoded_token").stringValue()).isEqualTo("b");
        assertThat(scores.get(1)
                        .valueStream()
                        .filter(entry -> entry.path("rank").asInt(0) == 1))
                .hasSize(1);
    }

    @Test
    void endsAsLateAndWhereItIsTold() throws Exception {
        String fields = "\"prompt\":\"abc\",\"seed\":4,\"max_tokens\":30,\"ignore_eos\":true";
        String text = choice(fields).path("text").stringValue();
        String stop = text.substring(8, 10);
        String kept = text.substring(0, text.indexOf(stop) + 2);
        String quoted = RunningServer.JSON.writeValueAsString(stop);
        assertThat(choice(fields + ",\"include_stop_str_in_output\":true,\"stop\":" + quoted)
                        .path("text")
                        .stringValue())
                .isEqualTo(kept);
        assertThat(choice(fields + ",\"min_tokens\":30,\"stop\":" + quoted)
                        .path("text")
                        .stringValue())
                .isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"model\":\"null\" | prompt | missing_required_parameter",
                "\"prompt\":null | prompt | missing_required_parameter",
                "\"prompt\":5 | prompt | invalid_type",
                "\"prompt\":[\"a\",1] | prompt | invalid_type",
                "\"prompt\":[1.5] | prompt | invalid_type",
                "\"prompt\":[[1],[-1]] | prompt | invalid_type",
                "\"prompt\":[] | prompt | invalid_value",
                "\"prompt\":[[]] | prompt | invalid_value",
                "\"prompt\":[[1],[400]] | prompt | invalid_value",
                "\"prompt\":\"a\",\"suffix\":\"b\" | suffix | unsupported_parameter",
                "\"prompt\":\"a\",\"best_of\":2,\"stream\":true | best_of | invalid_value",
                "\"prompt\":\"a\",\"best_of\":2,\"n\":3 | best_of | invalid_value",
                "\"prompt\":\"a\",\"logprobs\":21 | logprobs | out_of_range",
                "\"prompt\":\"a\",\"logprobs\":true | logprobs | invalid_type",
                "\"prompt\":\"a\",\"max_tokens\":-1 | max_tokens | out_of_range",
                "\"prompt\":\"a\",\"min_tokens\":17 | min_tokens | invalid_value",
                "\"prompt\":\"a\",\"prompt_logprobs\":1,\"stream\":true | prompt_logprobs | invalid_value",
                "\"prompt\":\"a\",\"stop_token_ids\":[\"x\"] | stop_token_ids | invalid_type",
                "\"prompt\":\"a\",\"mirostat\":2 | mirostat | unsupported_parameter",
                "\"prompt\":\"a\",\"messages\":[] | messages | unknown_parameter",
            })
    void namesTheFieldThatIsWrong(String fields, String param, String code) throws Exception {
        HttpResponse<String> response = complete(fields);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = json(response).path("error");
        assertThat(error.path("param").asString("-")).isEqualTo(param);
        assertThat(error.path("code").stringValue()).isEqualTo(code);
    }

    @Test
    void saysThatAModelDoesNotWrite() throws Exception {
        HttpResponse<String> response = complete("\"prompt\":\"a\",\"model\":\"vectors\"");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("error").path("code").stringValue()).isEqualTo("unsupported_operation");
    }
}
