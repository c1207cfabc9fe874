package smelt.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Tokens a second that 16 clients get from {@code smelt serve} and from llama-server, in turns: prompts of 128 tokens,
 * answers of 64. Run by hand, from this module's folder; arguments: a GGUF file, llama-server's path and, where it
 * needs one, another option for it ({@code --no-repack} where its AMX kernels crash).
 */
public final class ThroughputMeasurement {
    private static final int USERS = 16;
    private static final int PROMPT = 128;
    private static final int OUTPUT = 64;
    private static final int ROUNDS = 7;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ThroughputMeasurement() {}

    /** A server as a process of its own. */
    private static final class Peer implements AutoCloseable {
        private final String name;
        private final Process process;
        private final URI uri;
        private final HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

        Peer(String name, int port, String... command) throws Exception {
            this.name = name;
            uri = URI.create("http://127.0.0.1:" + port);
            process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            for (int tenths = 0; status() != 200; tenths++) {
                if (!process.isAlive() || tenths == 600) {
                    throw new IllegalStateException(name + " does not start");
                }
                Thread.sleep(100);
            }
        }

        private int status() throws InterruptedException {
            try {
                return client.send(
                                HttpRequest.newBuilder(uri.resolve("/health")).build(),
                                HttpResponse.BodyHandlers.discarding())
                        .statusCode();
            } catch (IOException e) {
                return 0;
            }
        }

        private int ask(String body) throws Exception {
            HttpRequest request = HttpRequest.newBuilder(uri.resolve("/v1/completions"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            JsonNode answer = JSON.readTree(
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body());
            int tokens = answer.at("/usage/completion_tokens").asInt(0);
            if (tokens != OUTPUT) {
                throw new IllegalStateException(name + " answers " + answer);
            }
            return tokens;
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            process.waitFor();
        }
    }

    /** All users at once; prompts that no cache has seen. */
    private static double tokensPerSecond(Peer peer, Random random) throws Exception {
        List<Callable<Integer>> users = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            String prompt = random.ints(PROMPT, 1000, 40_000)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(",", "[", "]"));
            String body = "{\"prompt\": " + prompt + ", \"max_tokens\": " + OUTPUT
                    + ", \"temperature\": 0, \"ignore_eos\": true}";
            users.add(() -> peer.ask(body));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(USERS)) {
            long begin = System.nanoTime();
            int tokens = 0;
            for (Future<Integer> each : threads.invokeAll(users)) {
                tokens += each.get();
            }
            return tokens * 1e9 / (System.nanoTime() - begin);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    public static void main(String[] args) throws Exception {
        String ours = Integer.toString(freePort());
        String theirs = Integer.toString(freePort());
        String context = Integer.toString(USERS * 512);
        String threads = Integer.toString(Runtime.getRuntime().availableProcessors());
        double[] smelt = new double[ROUNDS];
        double[] llama = new double[ROUNDS];
        try (Peer first = new Peer("smelt", Integer.parseInt(ours), "../smelt", "serve", args[0], "--port", ours);
                Peer second = new Peer(
                        "llama-server",
                        Integer.parseInt(theirs),
                        args[1],
                        "-m",
                        args[0],
                        "--port",
                        theirs,
                        "-np",
                        Integer.toString(USERS),
                        "-c",
                        context,
                        "-t",
                        threads,
                        args.length > 2 ? args[2] : "--cont-batching")) {
            Random random = new Random(1);
            for (int round = 0; round < ROUNDS; round++) {
                smelt[round] = tokensPerSecond(first, random);
                llama[round] = tokensPerSecond(second, random);
                System.out.printf("smelt %.0f, llama-server %.0f tokens a second%n", smelt[round], llama[round]);
            }
        }
        System.out.printf(
                "medians: smelt %.0f, llama-server %.0f: %.2f x%n",
                median(smelt), median(llama), median(smelt) / median(llama));
    }
}
