package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.engine.Settings;

/** Guards server/: more requests than there is room for. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OverloadTest {
    private static String chat(int number, String more) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"" + number + " " + "x".repeat(200)
                + "\"}],\"max_tokens\":4,\"seed\":" + number + more + "}";
    }

    private static List<HttpResponse<String>> all(RunningServer server, int count) throws Exception {
        List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            calls.add(() -> server.post("/v1/chat/completions", chat(number, "")));
        }
        List<HttpResponse<String>> responses = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<HttpResponse<String>> response : threads.invokeAll(calls)) {
                responses.add(response.get());
            }
        }
        return responses;
    }

    @Test
    void asksToComeBackWhenTheQueueIsFull() throws Exception {
        NullModels models = new NullModels(new Settings(512, 2, 1000));
        try (RunningServer server = RunningServer.loading(ServerSettings.DEFAULT, models, "slow")) {
            server.server.loaded().join();
            List<HttpResponse<String>> responses = all(server, 40);
            assertThat(responses.stream().map(HttpResponse::statusCode).distinct())
                    .containsOnly(200, 429);
            responses.stream().filter(response -> response.statusCode() == 429).forEach(refused -> {
                assertThat(json(refused).path("error").path("code").stringValue())
                        .isEqualTo("rate_limit_exceeded");
                assertThat(Integer.parseInt(
                                refused.headers().firstValue("Retry-After").orElseThrow()))
                        .isBetween(1, 600);
                assertThat(Long.parseLong(
                                refused.headers().firstValue("retry-after-ms").orElseThrow()))
                        .isPositive();
            });
            assertThat(server.post("/v1/chat/completions", chat(99, "")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void answersTheSameInACrowdAsAlone() throws Exception {
        try (RunningServer server = RunningServer.of("null")) {
            List<HttpResponse<String>> crowd = all(server, 64);
            for (int i = 0; i < crowd.size(); i++) {
                HttpResponse<String> alone = server.post("/v1/chat/completions", chat(i, ""));
                assertThat(json(crowd.get(i)).path("choices"))
                        .isEqualTo(json(alone).path("choices"));
            }
        }
    }
}
