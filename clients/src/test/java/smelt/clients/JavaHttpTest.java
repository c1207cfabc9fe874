package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Guards server/ by the JDK's HTTP client as it is by default: it asks to go on in HTTP/2 with its first request. */
@Tag("model")
class JavaHttpTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static final String ANSWER = "The capital of Japan is Tokyo.";

    private static LiveServer server;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        server = LiveServer.shared();
    }

    @AfterAll
    static void stop() {
        CLIENT.shutdownNow();
    }

    private static HttpRequest chat(String more) {
        return HttpRequest.newBuilder(URI.create(server.openAi() + "/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Chats.body(
                        LiveServer.CHAT,
                        "What is the capital of Japan?",
                        ", \"temperature\": 0, \"max_tokens\": 20" + more)))
                .build();
    }

    private static JsonNode answer(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body()).at("/choices/0/message/content");
    }

    /** A server may pass over the wish for HTTP/2, but not over the body. */
    @Test
    void answersAFirstRequestThatWouldGoOnInHttp2() throws Exception {
        try (HttpClient fresh = HttpClient.newHttpClient()) {
            HttpResponse<String> response = fresh.send(chat(""), HttpResponse.BodyHandlers.ofString());
            assertThat(answer(response).asString()).isEqualTo(ANSWER);
        }
    }

    @Test
    void goesOnInHttp2AfterAFirstGet() throws Exception {
        URI models = URI.create(server.openAi() + "/models");
        try (HttpClient fresh = HttpClient.newHttpClient()) {
            var first = fresh.send(HttpRequest.newBuilder(models).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
            HttpResponse<String> second = fresh.send(chat(""), HttpResponse.BodyHandlers.ofString());
            assertThat(second.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer(second).asString()).isEqualTo(ANSWER);
            HttpResponse<String> third = fresh.send(chat(", \"stream\": true"), HttpResponse.BodyHandlers.ofString());
            assertThat(third.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(Answer.ofStream(third.body()).choices().getFirst().text())
                    .isEqualTo(ANSWER);
        }
    }

    @Test
    void streams() throws Exception {
        HttpResponse<String> response = CLIENT.send(chat(", \"stream\": true"), HttpResponse.BodyHandlers.ofString());
        Answer answer = Answer.of(response);
        assertThat(answer.isWhole()).as("%s", answer).isTrue();
        assertThat(answer.choices().getFirst().text()).isEqualTo(ANSWER);
    }

    @Test
    void hearsWhatIsWrong() throws Exception {
        HttpResponse<String> response = CLIENT.send(chat(", \"stop\": 5"), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(response.body()).at("/error/param").asString()).isEqualTo("stop");
    }

    @Test
    void leavingEndsTheAnswer() throws Exception {
        HttpRequest endless = chat(", \"stream\": true, \"ignore_eos\": true, \"max_completion_tokens\": 4000");
        Cancelling.isNoticed(server, () -> {
            InputStream body = CLIENT.send(endless, HttpResponse.BodyHandlers.ofInputStream())
                    .body();
            try (var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
                for (int i = 0; i < 10; i++) {
                    lines.readLine();
                }
            }
        });
    }
}
