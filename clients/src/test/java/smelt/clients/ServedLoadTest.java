package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Guards server/ and engine/: {@code smelt serve} with a real model, as a process of its own, under load: answers stay
 * the same, and heap, resident memory, threads and files stay flat. The full length is {@code ./verify load MINUTES}.
 */
@Tag("model")
class ServedLoadTest {
    private static final int MINUTES = Integer.getInteger("smelt.loadMinutes", 0);
    private static final int CLIENTS = 8;
    private static final int KINDS = 24;
    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");
    private static final long SLACK_MEGABYTES = 8;

    @TempDir
    private Path cache;

    /** Of a process, after a full collection. */
    private record Taken(long heap, long resident, long threads, long files) {
        static Taken by(SmeltProcess process) throws IOException, InterruptedException {
            told(process, "GC.run");
            long heap = 0;
            Matcher used = USED.matcher(told(process, "GC.heap_info"));
            while (used.find()) {
                heap += Long.parseLong(used.group(1));
            }
            assertThat(heap).as("KiB of heap").isPositive();
            Path proc = Path.of("/proc/" + process.pid());
            try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
                return new Taken(heap >> 10, status(proc, "VmRSS:") >> 10, status(proc, "Threads:"), files.count());
            }
        }

        private static long status(Path proc, String name) throws IOException {
            return Files.readAllLines(proc.resolve("status")).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        }

        private static String told(SmeltProcess process, String command) throws IOException, InterruptedException {
            String jcmd =
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            Process asked = new ProcessBuilder(jcmd, Long.toString(process.pid()), command)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(asked.waitFor()).as(said).isZero();
            return said;
        }

        @Override
        public String toString() {
            return heap + "/" + resident + "/" + threads + "/" + files;
        }
    }

    private static HeapHistogram histogram(SmeltProcess process) throws IOException, InterruptedException {
        return HeapHistogram.of(Taken.told(process, "GC.class_histogram"));
    }

    private static String body(int kind) {
        String streams = kind % 2 == 0 ? ", \"stream\": true, \"stream_options\": {\"include_usage\": true}" : "";
        String sampling = kind % 3 == 0 ? ", \"temperature\": 0" : ", \"temperature\": 1, \"seed\": " + kind;
        String scores = kind % 4 == 1 ? ", \"logprobs\": true, \"top_logprobs\": 3" : "";
        return Chats.body(
                LiveServer.CHAT,
                "Tell of the number " + kind + " and of " + "some more things ".repeat(kind * 2),
                sampling + scores + streams + ", \"max_tokens\": " + (4 + kind % 6 * 8));
    }

    /** All kinds of answers over several connections, beside clients that vanish and bodies that are wrong. */
    private static void round(URI server, List<Answer> expected) throws Exception {
        List<Callable<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int first = i;
            all.add(() -> {
                try (Chats chats = new Chats(server)) {
                    for (int kind = first; kind < KINDS; kind += CLIENTS) {
                        assertThat(chats.ask(body(kind))).isEqualTo(expected.get(kind));
                        assertThat(chats.send("{\"messages\": " + kind).statusCode())
                                .isEqualTo(400);
                    }
                }
                try (RawChat chat = new RawChat(server)) {
                    chat.send(body(first * 2).replaceFirst("\"max_tokens\": \\d+", "\"max_tokens\": 1000"));
                    chat.read(first % 2 * 300); // what it asks for is a stream
                    chat.vanish();
                }
                return true;
            });
        }
        Chats.together(all);
    }

    @Test
    void nothingGrows() throws Exception {
        List<Taken> taken = new ArrayList<>();
        try (SmeltProcess process =
                SmeltProcess.Start.in(cache).serve(LiveServer.served(), "--context", "4096", "--kv-memory", "1M")) {
            URI server = process.ready();
            List<Answer> expected = new ArrayList<>();
            try (Chats chats = new Chats(server)) {
                for (int kind = 0; kind < KINDS; kind++) {
                    expected.add(chats.ask(body(kind)));
                    assertThat(expected.getLast().isWhole()).isTrue();
                }
            }
            long begin = System.nanoTime();
            long end = begin + Math.max(4, MINUTES * 60L) * 1_000_000_000L;
            int rounds = 0;
            HeapHistogram early = null;
            for (; System.nanoTime() < end || rounds < 4; rounds++) {
                round(server, expected);
                if (rounds % (MINUTES > 0 ? 20 : 1) == 0) {
                    taken.add(Taken.by(process));
                }
                if (early == null && rounds > 1 && System.nanoTime() > begin + (end - begin) / 3) {
                    early = histogram(process);
                }
            }
            taken.add(Taken.by(process));
            List<String> grown = early == null ? List.of() : histogram(process).grownSince(early);
            System.out.printf(
                    "%d requests; MB of heap/MB resident/threads/files: %s; KiB that grew: %s%n",
                    rounds * (KINDS * 2 + CLIENTS), taken, grown);
            process.signal("TERM");
            assertThat(process.exitCode(Duration.ofSeconds(20)))
                    .as(process.said())
                    .isEqualTo(143);
        }
        isFlat(taken);
    }

    /** The last is no more than what was there in the first half, but for what fits into a hand. */
    private static void isFlat(List<Taken> taken) {
        List<Taken> early = taken.subList(0, (taken.size() + 1) / 2);
        Taken last = taken.getLast();
        long resident = early.stream().mapToLong(Taken::resident).max().orElseThrow();
        assertThat(last.heap())
                .as("MB of heap: %s", taken)
                .isLessThanOrEqualTo(early.stream().mapToLong(Taken::heap).max().orElseThrow() + SLACK_MEGABYTES / 2);
        assertThat(last.resident())
                .as("MB resident: %s", taken)
                .isLessThanOrEqualTo(resident + resident / 50 + SLACK_MEGABYTES);
        assertThat(last.threads())
                .as("threads: %s", taken)
                .isLessThanOrEqualTo(
                        early.stream().mapToLong(Taken::threads).max().orElseThrow() + 2);
        assertThat(last.files())
                .as("files: %s", taken)
                .isLessThanOrEqualTo(
                        early.stream().mapToLong(Taken::files).max().orElseThrow() + 4);
    }
}
