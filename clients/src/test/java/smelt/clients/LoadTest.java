package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import smelt.engine.Metrics;
import smelt.engine.Settings;
import smelt.engine.hosting.ModelHost;
import smelt.server.NullModels;
import smelt.server.RunningServer;
import smelt.server.ServerSettings;

/**
 * Guards server/ under load, on models without weights: nothing is lost, nothing fails, memory stays flat. The full
 * length is {@code ./verify load MINUTES}.
 */
class LoadTest {
    private static final int MINUTES = Integer.getInteger("smelt.loadMinutes", 0);
    private static final int CONNECTIONS = 64;
    private static final int REQUESTS = 1000;
    private static final int IDLE = 10_000;
    private static final int VANISHING = 200;
    /** Of requests that differ. */
    private static final int KINDS = 40;

    private static RunningServer server(Settings settings, String... models) {
        RunningServer running = RunningServer.loading(ServerSettings.DEFAULT, new NullModels(settings), models);
        running.server.loaded().join();
        return running;
    }

    private static Metrics metrics(RunningServer server, String model) throws InterruptedException {
        try (ModelHost.Lease lease = server.host.use(model)) {
            return lease.model().engine().metrics();
        }
    }

    private static String body(int number) {
        int kind = number % KINDS;
        String stream = kind % 2 == 0 ? ", \"stream\": true, \"stream_options\": {\"include_usage\": true}" : "";
        return Chats.body(
                "null",
                "Request " + "of some length ".repeat(kind) + kind,
                ", \"seed\": " + kind + ", \"max_tokens\": " + (1 + kind * 3) + stream);
    }

    private static List<Answer> alone(RunningServer server) throws Exception {
        List<Answer> alone = new ArrayList<>();
        try (Chats chats = new Chats(server.server.uri())) {
            for (int kind = 0; kind < KINDS; kind++) {
                Answer answer = chats.ask(body(kind));
                assertThat(answer.isWhole()).as("%s", answer).isTrue();
                alone.add(answer);
            }
        }
        return alone;
    }

    /** Every connection asks one after the other; every answer must be the one that is expected. */
    private static void ask(RunningServer server, int requests, List<Answer> expected) throws Exception {
        var next = new AtomicInteger();
        List<Callable<Integer>> all = new ArrayList<>();
        for (int connection = 0; connection < CONNECTIONS; connection++) {
            all.add(() -> {
                int done = 0;
                try (Chats chats = new Chats(server.server.uri())) {
                    for (int number = next.getAndIncrement(); number < requests; number = next.getAndIncrement()) {
                        assertThat(chats.ask(body(number))).isEqualTo(expected.get(number % KINDS));
                        done++;
                    }
                }
                return done;
            });
        }
        assertThat(Chats.together(all).stream().mapToInt(Integer::intValue).sum())
                .as("answers")
                .isEqualTo(requests);
    }

    @Test
    void aThousandRequestsOver64ConnectionsAreAnswered() throws Exception {
        try (RunningServer server = server(Settings.DEFAULT, "null")) {
            List<Answer> expected = alone(server);
            long began = System.nanoTime();
            ask(server, REQUESTS, expected);
            System.out.printf(
                    "%d requests over %d connections: %.2f s%n",
                    REQUESTS, CONNECTIONS, (System.nanoTime() - began) / 1e9);
        }
    }

    /** Both ends of a connection are in this process, so that it has as many as half of its files may be. */
    private static int idleConnections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? (int) Math.min(IDLE, (system.getMaxFileDescriptorCount() - 1000) / 2)
                : 1000;
    }

    @Test
    void idleConnectionsHinderNobody() throws Exception {
        List<SocketChannel> idle = new ArrayList<>();
        try (RunningServer server = server(Settings.DEFAULT, "null");
                Chats chats = new Chats(server.server.uri())) {
            List<Answer> expected = alone(server);
            var address = new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), server.server.uri().getPort());
            int count = idleConnections();
            long before = usedMegabytes();
            for (int i = 0; i < count; i++) {
                idle.add(SocketChannel.open(address));
            }
            System.out.printf("%d idle connections (of %d): %d MB more%n", idle.size(), IDLE, usedMegabytes() - before);
            ask(server, REQUESTS / 5, expected);
            assertThat(idle.stream().allMatch(SocketChannel::isConnected)).isTrue();
            for (SocketChannel channel : idle) {
                channel.close();
            }
            assertThat(chats.ask(body(1))).isEqualTo(expected.get(1));
        } finally {
            for (SocketChannel channel : idle) {
                channel.close();
            }
        }
    }

    private static void vanish(RunningServer server, String model, int count) throws Exception {
        List<Callable<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            all.add(() -> {
                try (RawChat chat = new RawChat(server.server.uri())) {
                    boolean streams = number % 4 != 3;
                    chat.send(Chats.body(
                            model,
                            "Client " + number,
                            ", \"ignore_eos\": true, \"max_tokens\": 3000, \"stream\": " + streams));
                    chat.read(streams ? number % 5 * 100 : 0);
                    Thread.sleep(number % 7 * 10L);
                    if (number % 2 == 0) {
                        chat.vanish();
                    }
                }
                return true;
            });
        }
        assertThat(Chats.together(all)).hasSize(count);
    }

    private static void isEmptySoon(RunningServer server, String model) throws InterruptedException {
        long began = System.nanoTime();
        while (metrics(server, model).running() + metrics(server, model).waiting() > 0) {
            assertThat((System.nanoTime() - began) / 1_000_000)
                    .as("milliseconds that the engine works for clients that are gone")
                    .isLessThan(2000);
            Thread.sleep(2);
        }
    }

    @Test
    void clientsThatVanishLeaveNothingBehind() throws Exception {
        try (RunningServer server = server(Settings.DEFAULT, "slow", "null")) {
            List<Answer> expected = alone(server);
            vanish(server, "slow", VANISHING);
            isEmptySoon(server, "slow");
            assertThat(metrics(server, "slow").blocksUsed()).as("blocks held").isZero();
            ask(server, KINDS, expected);
        }
    }

    @Test
    void aFullQueueSaysWhenToComeBackAndLosesNothing() throws Exception {
        var refusals = new AtomicInteger();
        try (RunningServer server = server(new Settings(64, 4, 400), "slow");
                Chats chats = new Chats(server.server.uri())) {
            List<Callable<Answer>> all = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                String body = Chats.body("slow", "A question of some length, number " + i, ", \"max_tokens\": 5");
                all.add(() -> askUntilTaken(chats, body, refusals));
            }
            assertThat(Chats.together(all)).allMatch(Answer::isWhole);
        }
        System.out.println(refusals + " refusals");
        assertThat(refusals.get()).as("refusals").isPositive();
    }

    private static Answer askUntilTaken(Chats chats, String body, AtomicInteger refusals) throws Exception {
        while (true) {
            HttpResponse<String> response = chats.send(body);
            if (response.statusCode() != 429) {
                return Answer.of(response);
            }
            refusals.incrementAndGet();
            assertThat(response.body()).contains("rate_limit_exceeded");
            int seconds = Integer.parseInt(
                    response.headers().firstValue("Retry-After").orElseThrow());
            assertThat(seconds).isBetween(1, 60);
            Thread.sleep(seconds * 1000L);
        }
    }

    @Test
    void memoryStaysFlat() throws Exception {
        try (RunningServer server = server(Settings.DEFAULT, "null", "slow")) {
            List<Answer> expected = alone(server);
            List<Long> used = new ArrayList<>();
            long begin = System.nanoTime();
            long end = begin + Math.max(6, MINUTES * 60L) * 1_000_000_000L;
            int rounds = 0;
            HeapHistogram early = null;
            for (; System.nanoTime() < end || rounds < 6; rounds++) {
                ask(server, REQUESTS / 2, expected);
                vanish(server, "slow", VANISHING / 10);
                isEmptySoon(server, "slow");
                used.add(usedMegabytes());
                if (early == null && rounds > 1 && System.nanoTime() > begin + (end - begin) / 3) {
                    early = HeapHistogram.now();
                }
            }
            List<String> grown = early == null ? List.of() : HeapHistogram.now().grownSince(early);
            System.out.printf(
                    "%d requests, megabytes in use: %s; KiB that grew: %s%n",
                    rounds * REQUESTS / 2, sample(used), grown);
            long most = used.subList(1, 1 + used.size() / 3).stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElseThrow();
            assertThat(used.getLast())
                    .as("megabytes in use: %s; KiB that grew: %s", sample(used), grown)
                    .isLessThanOrEqualTo(most + 5);
        }
    }

    private static List<Long> sample(List<Long> values) {
        int step = Math.max(1, values.size() / 20);
        List<Long> some = new ArrayList<>();
        for (int i = 0; i < values.size(); i += step) {
            some.add(values.get(i));
        }
        return some;
    }

    private static long usedMegabytes() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(20);
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least >> 20;
    }
}
