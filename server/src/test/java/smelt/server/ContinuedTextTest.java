package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Guards server/: a prompt and its continuation joined are the text of all tokens, where tokens begin words. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ContinuedTextTest {
    private static final String ASK = "\"max_tokens\":12,\"return_token_ids\":true,\"temperature\":0";
    /** Unknown, begin, end. */
    private static final Set<Integer> CONTROL = Set.of(0, 1, 256);

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("words");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String prompt(int variant) {
        return "d b " + (char) ('a' + variant);
    }

    private static String asked(int variant) {
        return ",\"prompt\":\"" + prompt(variant) + "\"";
    }

    private static JsonNode complete(String more) throws Exception {
        HttpResponse<String> response = server.post("/v1/completions", "{" + ASK + more + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response).path("choices").get(0);
    }

    /** What all tokens of prompt and answer say, as the tokenizer alone tells it. */
    private static String whole(JsonNode choice) throws Exception {
        ArrayNode all = RunningServer.JSON.createArrayNode();
        for (String part : List.of("prompt_token_ids", "token_ids")) {
            choice.path(part)
                    .valueStream()
                    .filter(id -> !CONTROL.contains(id.intValue()))
                    .forEach(all::add);
        }
        return json(server.post("/detokenize", "{\"tokens\":" + all + "}"))
                .path("content")
                .stringValue();
    }

    /** Some of these begin with a word, others go on within one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void wholeAndStreamedWithAndWithoutEcho(int variant) throws Exception {
        String more = asked(variant);
        JsonNode choice = complete(more);
        String text = choice.path("text").stringValue();
        assertThat(prompt(variant) + text).isEqualTo(whole(choice));
        assertThat(complete(more + ",\"echo\":true").path("text").stringValue()).isEqualTo(prompt(variant) + text);
        assertThat(streamed(more)).isEqualTo(text);
        assertThat(streamed(more + ",\"echo\":true")).isEqualTo(prompt(variant) + text);
    }

    private static String streamed(String more) throws Exception {
        StringBuilder text = new StringBuilder();
        for (JsonNode event :
                RunningServer.events(server.post("/v1/completions", "{" + ASK + more + ",\"stream\":true}"))) {
            text.append(event.path("choices").path(0).path("text").asString(""));
        }
        return text.toString();
    }

    @Test
    void someBeginWithAWord() throws Exception {
        long spaced = 0;
        for (int variant = 1; variant <= 8; variant++) {
            spaced += complete(asked(variant)).path("text").stringValue().startsWith(" ") ? 1 : 0;
        }
        assertThat(spaced).isBetween(1L, 7L);
    }

    @Test
    void theOffsetsOfTokensAreThoseOfTheText() throws Exception {
        JsonNode choice = complete(asked(2) + ",\"echo\":true,\"logprobs\":0");
        String text = choice.path("text").stringValue();
        JsonNode scores = choice.path("logprobs");
        int checked = 0;
        for (int i = choice.path("prompt_token_ids").size();
                i < scores.path("tokens").size();
                i++) {
            String token = scores.path("tokens").get(i).stringValue();
            if (token.matches(" ?\\p{Punct}| ?\\p{Alnum}")) { // no byte, no control token
                int from = scores.path("text_offset").get(i).intValue();
                int at = text.offsetByCodePoints(0, from);
                assertThat(text.substring(at, at + token.length())).isEqualTo(token);
                checked++;
            }
        }
        assertThat(checked).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ollamasRawPromptsToo(boolean streams) throws Exception {
        String options = "\"options\":{\"temperature\":0,\"num_predict\":6},\"raw\":true,\"stream\":" + streams;
        boolean spaced = false;
        for (int variant = 1; variant <= 8; variant++) {
            HttpResponse<String> answer = server.post(
                    "/api/generate", "{\"model\":\"words\",\"prompt\":\"" + prompt(variant) + "\"," + options + "}");
            String first = answer.body().lines().findFirst().orElseThrow();
            spaced |= RunningServer.JSON
                    .readTree(first)
                    .path("response")
                    .stringValue()
                    .startsWith(" ");
        }
        assertThat(spaced).isTrue();
    }

    /** An answer of its own begins with its first word; one that goes on in a message goes on. */
    @Test
    void chatsBeginAnew() throws Exception {
        for (int variant = 1; variant <= 8; variant++) {
            String body = "{\"max_tokens\":4,\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\""
                    + prompt(variant) + "\"}]}";
            assertThat(json(server.post("/v1/chat/completions", body))
                            .path("choices")
                            .get(0)
                            .path("message")
                            .path("content")
                            .stringValue())
                    .doesNotStartWith(" ");
        }
    }
}
