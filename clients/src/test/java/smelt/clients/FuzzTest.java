package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import smelt.server.RunningServer;

/**
 * Guards server/ against input that nobody meant: no answer is a 5xx, the engine goes on, and a neighbour's answers
 * stay as they are. More bodies: {@code -Dsmelt.fuzz=COUNT}, of another seed: {@code -Dsmelt.fuzzSeed=SEED}.
 */
class FuzzTest {
    private static final int COUNT = Integer.getInteger("smelt.fuzz", 400);
    private static final long SEED = Long.getLong("smelt.fuzzSeed", 20261123);
    private static final String GOOD = Chats.body("null", "Say something", ", \"seed\": 5, \"max_tokens\": 60");

    private static final String MESSAGES = "\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]";

    /** A path and a body that is right for it. */
    private record Target(String path, String good) {}

    private static final List<Target> TARGETS = List.of(
            new Target("/v1/chat/completions", "{\"model\": \"null\", \"max_tokens\": 4, " + MESSAGES + "}"),
            new Target("/v1/messages", "{\"model\": \"null\", \"max_tokens\": 4, " + MESSAGES + "}"),
            new Target("/v1/messages/count_tokens", "{\"model\": \"null\", " + MESSAGES + "}"),
            new Target("/v1/completions", "{\"model\": \"null\", \"max_tokens\": 4, \"prompt\": \"x\"}"),
            new Target("/v1/responses", "{\"model\": \"null\", \"max_output_tokens\": 4, \"input\": \"x\"}"),
            new Target("/v1/embeddings", "{\"model\": \"vectors\", \"input\": \"x\"}"),
            new Target("/tokenize", "{\"model\": \"null\", \"prompt\": \"x\"}"),
            new Target("/detokenize", "{\"model\": \"null\", \"tokens\": [65, 66]}"),
            new Target("/apply-template", "{\"model\": \"null\", " + MESSAGES + "}"),
            new Target("/api/chat", "{\"model\": \"null\", \"options\": {\"num_predict\": 4}, " + MESSAGES + "}"),
            new Target("/api/generate", "{\"model\": \"null\", \"options\": {\"num_predict\": 4}, \"prompt\": \"x\"}"),
            new Target("/api/embed", "{\"model\": \"vectors\", \"input\": \"x\"}"));

    private static final List<String> FIELDS = List.of(
            "model",
            "messages",
            "prompt",
            "input",
            "system",
            "options",
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "n",
            "best_of",
            "echo",
            "suffix",
            "stop",
            "stop_sequences",
            "stream",
            "stream_options",
            "logprobs",
            "top_logprobs",
            "logit_bias",
            "seed",
            "frequency_penalty",
            "presence_penalty",
            "response_format",
            "format",
            "tools",
            "tool_choice",
            "metadata",
            "user",
            "keep_alive",
            "encoding_format",
            "dimensions",
            "query",
            "documents",
            "top_n",
            "stop_token_ids",
            "repeat_last_n",
            "truncate",
            "truncation",
            "raw",
            "think",
            "content",
            "tokens");

    private RunningServer server;
    private Chats chats;

    @BeforeEach
    void start() {
        server = RunningServer.of("null", "vectors");
        chats = new Chats(server.server.uri());
    }

    @AfterEach
    void stop() {
        chats.close();
        server.close();
    }

    @Test
    void bodiesOfAllKindsAreAnsweredWithoutAFault() throws Exception {
        Answer expected = chats.ask(GOOD);
        var isOver = new AtomicBoolean();
        CompletableFuture<Integer> neighbour = neighbour(expected, isOver);
        for (Target target : TARGETS) {
            var statuses = new TreeMap<Integer, Integer>();
            var bodies = new BadBodies(SEED);
            for (int i = 0; i < COUNT; i++) {
                byte[] body = bodies.next(target.good(), FIELDS);
                HttpResponse<String> response = chats.post(target.path(), body);
                assertThat(response.statusCode())
                        .as("seed %d, body %d of %s: %s: %s", SEED, i, target.path(), text(body), response.body())
                        .isLessThan(500);
                statuses.merge(response.statusCode(), 1, Integer::sum);
            }
            System.out.println(target.path() + ": " + statuses);
            assertThat(statuses).as(target.path()).containsKeys(200, 400).doesNotContainKey(405);
        }
        isOver.set(true);
        assertThat(neighbour.get(30, TimeUnit.SECONDS))
                .as("answers to the neighbour")
                .isPositive();
    }

    private static String text(byte[] body) {
        String text = new String(body, java.nio.charset.StandardCharsets.UTF_8);
        return text.length() < 2000 ? text : text.substring(0, 2000) + "...";
    }

    private CompletableFuture<Integer> neighbour(Answer expected, AtomicBoolean isOver) {
        var answers = new CompletableFuture<Integer>();
        Thread.ofVirtual().start(() -> {
            try {
                int count = 0;
                for (; !isOver.get() || count == 0; count++) {
                    assertThat(chats.ask(GOOD)).isEqualTo(expected);
                }
                answers.complete(count);
            } catch (Throwable e) {
                answers.completeExceptionally(e);
            }
        });
        return answers;
    }

    @Test
    void bytesThatAreNoRequestEndTheirOwnConnectionOnly() throws Exception {
        Answer expected = chats.ask(GOOD);
        var random = new Random(SEED);
        for (int i = 0; i < COUNT / 4; i++) {
            byte[] bytes = new byte[1 + random.nextInt(300)];
            random.nextBytes(bytes);
            try (RawChat raw = new RawChat(server.server.uri())) {
                if (i % 3 == 0) {
                    raw.sendRaw("POST /v1/chat/completions HTTP/1.1\r\n"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                }
                raw.sendRaw(bytes);
            } catch (java.io.IOException e) {
                // the server was faster
            }
        }
        assertThat(chats.ask(GOOD)).isEqualTo(expected);
    }

    @Test
    void aStreamIsTheSameHoweverItIsRead() throws Exception {
        String body = Chats.body("null", "A long one", ", \"seed\": 9, \"ignore_eos\": true, \"max_tokens\": 1500");
        Answer whole = chats.ask(body);
        assertThat(whole.isWhole()).isTrue();
        String streamed = body.substring(0, body.length() - 1)
                + ", \"stream\": true, \"stream_options\": {\"include_usage\": true}}";
        List<Callable<Answer>> readers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            var random = new Random(SEED + i);
            readers.add(() -> {
                try (RawChat raw = new RawChat(server.server.uri())) {
                    raw.send(streamed);
                    return Answer.ofStream(raw.readSlowly(random));
                }
            });
        }
        assertThat(Chats.together(readers))
                .allSatisfy(answer -> assertThat(answer).isEqualTo(whole));
    }

    /** Streams that nobody reads fill the buffers between; the engine must not wait for them. */
    @Test
    void readersThatStopHoldNobody() throws Exception {
        List<RawChat> stopped = new ArrayList<>();
        try {
            for (int i = 0; i < 16; i++) {
                RawChat raw = new RawChat(server.server.uri());
                stopped.add(raw);
                raw.send(Chats.body(
                        "null",
                        "Never read",
                        ", \"ignore_eos\": true, \"max_tokens\": 4000, \"n\": 2,"
                                + " \"logprobs\": true, \"top_logprobs\": 20, \"stream\": true"));
            }
            Answer first = chats.ask(GOOD);
            long began = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                assertThat(chats.ask(GOOD)).isEqualTo(first);
            }
            assertThat((System.nanoTime() - began) / 1_000_000)
                    .as("milliseconds of 20 short requests")
                    .isLessThan(20_000);
        } finally {
            for (RawChat raw : stopped) {
                raw.close();
            }
        }
    }
}
