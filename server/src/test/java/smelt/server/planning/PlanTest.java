package smelt.server.planning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.server.RunningServer;
import tools.jackson.databind.JsonNode;

/** Guards server/: plans over HTTP are those of the command line, one at a time, and end with their client. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PlanTest {
    private static final String NARROW =
            "{\"model\": \"llama-3.1-8b\", \"own\": [\"2xRTX4090\"], \"rate\": \"1/s\", \"input\": 900}";
    /** Takes a thread far longer than a test. */
    private static final String WIDE =
            "{\"model\": \"llama-3.1-70b\", \"disaggregate\": true, \"engine\": \"vllm,sglang,"
                    + "trtllm\", \"weights\": [\"bf16\", \"fp8\", \"int8\", \"int4\", \"awq\", \"q8_0\", \"q4_k_m\","
                    + " \"q6_k\"]}";

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("null");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void answersWithTheBestPlans() throws Exception {
        HttpResponse<String> response = server.post("/plan", NARROW);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode best = RunningServer.json(response).path("front").path(0);
        assertThat(best.path("device").stringValue()).isEqualTo("rtx-4090");
        assertThat(best.path("ttft_ms").path("high").doubleValue())
                .isGreaterThan(best.path("ttft_ms").path("low").doubleValue());
        assertThat(best.path("random_arrivals").path("ttft").path("p95").doubleValue())
                .isPositive();
        assertThat(RunningServer.json(response).path("workload").path("input").intValue())
                .isEqualTo(900);
    }

    @Test
    void tellsAllThatIsWrongWithAQuestion() throws Exception {
        refused(
                "{\"model\": \"llama-9\", \"own\": \"4xRTX4O9O\", \"ttft\": \"-1s\"}",
                "llama-9",
                "rtx-4090",
                "ttft",
                "3 problems");
        refused("{}", "model is missing");
        refused("{\"model\": \"llama-3.1-8b\", \"colour\": 1}", "colour");
        refused("{\"model\": \"llama-3.1-8b\", \"rate\": true}", "rate must be a string or a number");
        refused("{\"model\": \"llama-3.1-8b\", \"own\": \"1xRTX4090\", \"tpot\": \"1us\"}", "time per output token");
        refused("{\"model\": \"llama-3.1-8b\", \"own\": [" + "\"1xH100\",".repeat(70) + "\"1xH100\"]}", "71 values");
        refused("{\"model\": \"llama-3.1-8b\", \"own\": \"" + "x".repeat(300) + "\"}", "200 characters");
    }

    @Test
    void readsNoFiles() throws Exception {
        refused("{\"model\": \"/etc/config.json\"}", "There is no model");
        refused("{\"model\": \"..\"}", "There is no model");
        for (String name : new String[] {"catalogue", "trace", "measurements"}) {
            refused("{\"model\": \"llama-3.1-8b\", \"" + name + "\": \"/etc/passwd\"}", name + " is not supported");
        }
        assertThat(server.get("/plan").statusCode()).isEqualTo(405);
    }

    private static void refused(String question, String... said) throws Exception {
        HttpResponse<String> response = server.post("/plan", question);
        assertThat(response.statusCode()).as(question + response.body()).isEqualTo(400);
        assertThat(RunningServer.json(response).path("error").path("message").stringValue())
                .contains(said);
    }

    @Test
    void oneAtATimeUntilItsClientIsGone() throws Exception {
        Socket first = ask(WIDE);
        HttpResponse<String> second = server.post("/plan", NARROW);
        while (second.statusCode() == 200) { // it came before the first, which then was refused
            first.close();
            first = ask(WIDE);
            Thread.sleep(500);
            second = server.post("/plan", NARROW);
        }
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.headers().firstValue("Retry-After")).isPresent();
        assertThat(server.post("/v1/completions", "{\"prompt\": \"a\", \"max_tokens\": 4}")
                        .statusCode())
                .isEqualTo(200);
        first.close();
        HttpResponse<String> third = server.post("/plan", NARROW);
        while (third.statusCode() == 429) {
            Thread.sleep(50);
            third = server.post("/plan", NARROW);
        }
        assertThat(third.statusCode()).as(third.body()).isEqualTo(200);
    }

    private static Socket ask(String question) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.server.address().getPort());
        String head = "POST /plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + question.length() + "\r\n\r\n";
        socket.getOutputStream().write((head + question).getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }
}
