package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.base.Failure;

/** Guards server/: from loading to draining. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LifeTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String HELLO = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";

    @Test
    void asksToComeBackWhileItLoads() throws Exception {
        NullModels models = new NullModels();
        models.gate = new CountDownLatch(1);
        try (RunningServer server = RunningServer.loading(ServerSettings.DEFAULT, models, "null")) {
            HttpResponse<String> early = server.post(CHAT, HELLO + "}");
            assertThat(early.statusCode()).isEqualTo(503);
            assertThat(early.headers().firstValue("Retry-After")).isPresent();
            assertThat(json(early).path("error").path("message").stringValue()).contains("loaded");
            assertThat(server.get("/health").statusCode()).isEqualTo(503);
            assertThat(server.get("/ready").statusCode()).isEqualTo(503);
            assertThat(server.get("/live").statusCode()).isEqualTo(200);
            models.gate.countDown();
            server.server.loaded().join();
            assertThat(server.get("/ready").statusCode()).isEqualTo(200);
            assertThat(server.post(CHAT, HELLO + ",\"max_tokens\":2}").statusCode())
                    .isEqualTo(200);
            assertThat(json(server.get("/version")).path("version").stringValue())
                    .isEqualTo("0.0-test");
        }
    }

    @Test
    void saysWhyAModelIsNotThere() throws Exception {
        try (RunningServer server = RunningServer.loading(ServerSettings.DEFAULT, new NullModels(), "broken")) {
            assertThatThrownBy(() -> server.server.loaded().join()).hasCauseInstanceOf(Failure.class);
            HttpResponse<String> response = server.post(CHAT, HELLO + "}");
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).contains("broken is damaged");
        }
    }

    @Test
    void letsAnswersEndAndTakesNoMore() throws Exception {
        try (RunningServer server = RunningServer.of("slow")) {
            CompletableFuture<HttpResponse<String>> answer = answer(server, ",\"ignore_eos\":true,\"max_tokens\":30}");
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> drain(server, Duration.ofSeconds(20)));
            while (server.get("/ready").statusCode() == 200) {
                Thread.sleep(2);
            }
            HttpResponse<String> late = server.post(CHAT, HELLO + "}");
            assertThat(late.statusCode()).isEqualTo(503);
            assertThat(late.headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.get().statusCode()).isEqualTo(200);
            assertThat(drained.get()).isTrue();
        }
    }

    @Test
    void endsAnswersThatTakeTooLong() throws Exception {
        try (RunningServer server = RunningServer.of("slow")) {
            CompletableFuture<HttpResponse<String>> whole = answer(server, ",\"ignore_eos\":true}");
            CompletableFuture<HttpResponse<String>> stream = answer(server, ",\"ignore_eos\":true,\"stream\":true}");
            server.awaitTokens("slow", 20);
            assertThat(drain(server, Duration.ofMillis(50))).isFalse();
            assertThat(whole.get().statusCode()).isEqualTo(503);
            assertThat(stream.get().statusCode()).isEqualTo(200);
            assertThat(stream.get().body())
                    .contains("event: error\ndata: {\"error\":{\"message\":\"The server was shut down")
                    .doesNotContain("[DONE]");
            assertThat(server.host.list().getFirst().leases()).isZero();
        }
    }

    private static boolean drain(RunningServer server, Duration patience) {
        try {
            return server.server.drain(patience);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CompletableFuture<HttpResponse<String>> answer(RunningServer server, String more)
            throws InterruptedException {
        int before = server.host.list().getFirst().leases();
        CompletableFuture<HttpResponse<String>> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(server.post(CHAT, HELLO + more));
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        while (server.host.list().getFirst().leases() == before) {
            Thread.sleep(1);
        }
        return answer;
    }

    @Test
    void knowsModelsByOtherNames() throws Exception {
        ServerSettings settings = ServerSettings.DEFAULT.withAliases(Map.of("gpt-*", "null", "small", "null"));
        try (RunningServer server = RunningServer.loading(settings, new NullModels(), "null")) {
            server.server.loaded().join();
            for (String name : new String[] {"gpt-4o", "small", "null"}) {
                HttpResponse<String> response =
                        server.post(CHAT, HELLO + ",\"max_tokens\":2,\"model\":\"" + name + "\"}");
                assertThat(json(response).path("model").stringValue()).isEqualTo(name);
            }
            HttpResponse<String> unknown = server.post(CHAT, HELLO + ",\"model\":\"nul\"}");
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(unknown.body()).contains("did you mean null?");
        }
        assertThatThrownBy(() -> RunningServer.loading(
                        ServerSettings.DEFAULT.withAliases(Map.of("a", "b")), new NullModels(), "null"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("stands for b");
    }
}
