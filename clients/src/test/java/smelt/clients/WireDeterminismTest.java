package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import smelt.engine.Metrics;
import smelt.engine.Settings;

/**
 * Guards server/ and engine/: an answer does not change with the company it keeps. 32 clients with prompts of 40 to 700
 * tokens, some of which begin alike, of any temperature and seed, half of them in streams, on a server whose keys and
 * values have no room for all of them; each must get what it gets alone from another server, byte for byte.
 */
@Tag("model")
class WireDeterminismTest {
    private static final long SEED = 20261123;
    private static final int CLIENTS = 32;
    private static final int CONTEXT = 900;
    private static final int ROUNDS = Integer.getInteger("smelt.wireRounds", 2);
    private static final int MOST_ROUNDS = 12;
    private static final List<String> WORDS = List.of(
            "river", "engine", "seven", "blue", "because", "walks", "Tokyo", "number", "under", "green", "\\n", "and",
            "(", "42", "moon", "ü", "日本", "🙂");

    private static String text(Random random, int words) {
        return random.ints(words, 0, WORDS.size()).mapToObj(WORDS::get).collect(Collectors.joining(" "));
    }

    /** Three beginnings: what one computed another finds. */
    private static String request(int number, String more) {
        int shared = number == 0 ? 280 : number < 4 ? 150 : 12;
        String content = text(new Random(SEED + number % 3), shared) + " " + text(new Random(number), number % 9);
        String sampling = number % 4 == 0
                ? ", \"temperature\": 0"
                : ", \"temperature\": %s, \"top_p\": %s, \"top_k\": %d"
                        .formatted(0.5 + number % 3 * 0.5, number % 2 == 0 ? 1 : 0.9, number % 5 == 0 ? 40 : 0);
        String choices = number % 8 == 5 ? ", \"n\": 2" : "";
        String penalties = number % 6 == 1 ? ", \"frequency_penalty\": 0.5, \"logit_bias\": {\"28\": -5}" : "";
        return Chats.body(
                LiveServer.CHAT,
                content,
                sampling + choices + penalties + ", \"seed\": " + number * 31 + ", \"max_tokens\": "
                        + (30 + number * 7 % 90) + ", \"ignore_eos\": true, \"logprobs\": true, \"top_logprobs\": 2"
                        + more);
    }

    private static List<Answer> alone() throws Exception {
        List<Answer> alone = new ArrayList<>();
        try (Chats chats = new Chats(LiveServer.shared().uri())) {
            for (int number = 0; number < CLIENTS; number++) {
                Answer answer = chats.ask(request(number, ""));
                assertThat(answer.isWhole()).as("%s", answer).isTrue();
                alone.add(answer);
            }
        }
        return alone;
    }

    @Test
    void anAnswerIsTheSameInACrowd() throws Exception {
        List<Answer> alone = alone();
        long preemptions = 0;
        // who gives way to whom depends on the clock
        for (int round = 0; round < ROUNDS || (preemptions == 0 && round < MOST_ROUNDS); round++) {
            var settings = new Settings(round % 2 == 0 ? 512 : 48, CLIENTS, 1 << 20);
            try (LiveServer server = LiveServer.of(settings, CONTEXT);
                    Chats chats = new Chats(server.uri())) {
                crowd(chats, alone, round);
                Metrics metrics = server.metrics();
                assertThat(metrics.cachedTokens()).as("prefix hits").isPositive();
                preemptions += metrics.preemptions();
            }
        }
        assertThat(preemptions).as("preemptions").isPositive();
    }

    private static void crowd(Chats chats, List<Answer> alone, int round) throws Exception {
        List<Callable<Answer>> all = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            boolean streams = (number + round) % 2 == 0;
            String more = streams ? ", \"stream\": true, \"stream_options\": {\"include_usage\": true}" : "";
            all.add(() -> {
                Thread.sleep(number * 37 % 50);
                return chats.ask(request(number, more));
            });
        }
        List<Answer> answers = Chats.together(all);
        for (int number = 0; number < CLIENTS; number++) {
            assertThat(answers.get(number))
                    .as("seed %d, round %d, client %d", SEED, round, number)
                    .isEqualTo(alone.get(number));
        }
    }
}
