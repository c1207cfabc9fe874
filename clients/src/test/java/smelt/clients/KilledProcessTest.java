package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Guards server/, store/, targets/ and engine/: a process that is killed at any moment leaves nothing behind that keeps
 * the next one from the right answer. Moments are functions of a seed; more of them: {@code ./verify faults}.
 */
@Tag("model")
class KilledProcessTest {
    private static final int ROUNDS = Integer.getInteger("smelt.kills", 4);
    private static final long SEED = Long.getLong("smelt.killSeed", 20261123);
    private static final Duration END = Duration.ofSeconds(20);
    private static final String CAPITAL = Chats.body(
            LiveServer.CHAT,
            "What is the capital of Japan?",
            ", \"temperature\": 0, \"max_tokens\": 12, \"logprobs\": true, \"top_logprobs\": 2");

    @TempDir
    private static Path shared;

    private static Path model;
    private static Answer expected;

    @TempDir
    private Path folder;

    /** What is under way when the process is killed. */
    private enum Moment {
        FIRST_START,
        START,
        PROMPT,
        STREAM
    }

    @BeforeAll
    static void answerOfAProcessThatLives() throws Exception {
        model = LiveServer.chatModel();
        expected = answer(SmeltProcess.Start.in(shared));
        assertThat(expected.choices().getFirst().text()).contains("Tokyo");
    }

    /** Of a server that is started, asked and ended as it should be. */
    private static Answer answer(SmeltProcess.Start start) throws Exception {
        try (SmeltProcess process = start.serve(LiveServer.served())) {
            Answer answer = Chats.ask(process.ready(), CAPITAL);
            assertThat(process.signal("TERM").exitCode(END)).as(process.said()).isEqualTo(143);
            return answer;
        }
    }

    @Test
    void theNextProcessAnswersAsIfNothingHadHappened() throws Exception {
        List<String> moments = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            var random = new Random(SEED + round);
            Moment moment = Moment.values()[round % Moment.values().length];
            Path cache = moment == Moment.FIRST_START ? Files.createDirectory(folder.resolve("cache" + round)) : shared;
            moments.add(moment + " " + killed(SmeltProcess.Start.in(cache), moment, random));
            assertThat(answer(SmeltProcess.Start.in(cache)))
                    .as("after a kill, seed %d: %s", SEED + round, moments.getLast())
                    .isEqualTo(expected);
            if (moment == Moment.FIRST_START) {
                deleteTree(cache);
            }
        }
        System.out.println("killed and started again: " + moments);
    }

    /** Returns when it was killed, for people. */
    private static String killed(SmeltProcess.Start start, Moment moment, Random random) throws Exception {
        try (SmeltProcess process = start.serve(LiveServer.served())) {
            return switch (moment) {
                case FIRST_START, START -> {
                    int millis = random.nextInt(moment == Moment.START ? 1500 : 4000);
                    Thread.sleep(millis);
                    process.kill();
                    yield "after " + millis + " ms";
                }
                case PROMPT -> {
                    String prompt = "word ".repeat(2000 + random.nextInt(2000));
                    int millis = random.nextInt(600);
                    try (RawChat chat = new RawChat(process.ready())) {
                        chat.send(Chats.body(LiveServer.CHAT, prompt, ", \"max_tokens\": 100"));
                        Thread.sleep(millis);
                        process.kill();
                    }
                    yield "after " + millis + " ms";
                }
                case STREAM -> {
                    int bytes = 200 + random.nextInt(20_000);
                    String endless = ", \"stream\": true, \"ignore_eos\": true, \"max_tokens\": 1000";
                    try (RawChat chat = new RawChat(process.ready());
                            RawChat other = new RawChat(process.ready())) {
                        chat.send(Chats.body(LiveServer.CHAT, "Tell a story", endless));
                        other.send(Chats.body(LiveServer.CHAT, "Tell another", endless));
                        chat.read(bytes);
                        process.kill();
                    }
                    yield "after " + bytes + " bytes";
                }
            };
        }
    }

    @Test
    void aDownloadGoesOnWhereItsProcessWasKilled() throws Exception {
        long size = Files.size(model);
        String pull = "{\"model\": \"hf.co/" + HubServer.REPOSITORY + "\"}";
        try (HubServer hub = new HubServer(model)) {
            for (int round = 0; round < Math.max(1, ROUNDS / 4); round++) {
                Path cache = Files.createDirectory(folder.resolve("store" + round));
                Files.createSymbolicLink(cache.resolve("llvm"), shared.resolve("llvm"));
                Files.createSymbolicLink(cache.resolve("objects"), shared.resolve("objects"));
                SmeltProcess.Start start = SmeltProcess.Start.in(cache).with("HF_ENDPOINT", hub.address());
                long before = hub.sent();
                killedWhilePulling(start, hub, pull, new Random(SEED + round));
                hub.pauseMillis = 0;
                try (SmeltProcess process = start.serve(LiveServer.served());
                        Chats chats = new Chats(process.ready())) {
                    String told = chats.post("/api/pull", pull.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                            .body();
                    assertThat(told).as(process.said()).contains("\"success\"");
                    String question =
                            CAPITAL.replace("\"" + LiveServer.CHAT + "\"", "\"hf.co/" + HubServer.REPOSITORY + "\"");
                    assertThat(chats.ask(question)).isEqualTo(expected);
                }
                assertThat(hub.sent() - before)
                        .as("bytes sent for a file of %d", size)
                        .isLessThan(size + size / 2);
                deleteTree(cache);
            }
        }
    }

    private static void killedWhilePulling(SmeltProcess.Start start, HubServer hub, String pull, Random random)
            throws Exception {
        hub.pauseMillis = 10;
        try (SmeltProcess process = start.serve(LiveServer.served());
                RawChat chat = new RawChat(process.ready())) {
            long before = hub.sent();
            chat.send("/api/pull", pull);
            long enough = before + 1 + random.nextInt((int) (Files.size(model) * 3 / 4));
            while (hub.sent() < enough) {
                Thread.sleep(1);
            }
            process.kill();
        }
    }

    /** The file is the old or the new one, never part of one; what a killed process wrote beside it goes. */
    @Test
    void aSnapshotIsOldOrNewAndNeverHalf() throws Exception {
        Path snapshot = folder.resolve("texts.cache");
        String[] run = {
            "run",
            model.toString(),
            "What is the capital of Japan?",
            "--prefix-cache",
            snapshot.toString(),
            "--temperature",
            "0",
            "--max-tokens",
            "8"
        };
        String answer = output(run);
        assertThat(answer).contains("Tokyo");
        String[] other = run.clone();
        other[2] = "Sum this up: " + "word ".repeat(1500);
        for (int round = 0; round < Math.max(1, ROUNDS / 4); round++) {
            var random = new Random(SEED + round);
            try (SmeltProcess process = SmeltProcess.Start.in(shared).run(other)) {
                while (process.isAlive() && parts().isEmpty()) {
                    Thread.sleep(1);
                }
                Thread.sleep(random.nextInt(60));
                process.kill();
            }
            assertThat(output(run)).isEqualTo(answer);
        }
        List<Path> left = parts();
        for (Path part : left) {
            Files.setLastModifiedTime(part, FileTime.from(Instant.now().minusSeconds(3600)));
        }
        assertThat(output(run)).isEqualTo(answer);
        assertThat(parts()).as("of %s", left).isEmpty();
        damage(snapshot, new Random(SEED));
        try (SmeltProcess process = SmeltProcess.Start.in(shared).run(run)) {
            assertThat(process.exitCode(END)).isEqualTo(1);
            assertThat(process.said()).startsWith("smelt: ").contains("texts.cache", "--prefix-cache");
        }
    }

    private static String output(String... run) throws Exception {
        try (SmeltProcess process = SmeltProcess.Start.in(shared).run(run)) {
            String output = process.output();
            assertThat(process.exitCode(END)).as(process.said()).isZero();
            return output;
        }
    }

    private List<Path> parts() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".part")).toList();
        }
    }

    @Test
    void damagedFilesOfTheCacheAreMadeAnew() throws Exception {
        Path cache = Files.createDirectory(folder.resolve("damaged"));
        var random = new Random(SEED);
        assertThat(answer(SmeltProcess.Start.in(cache))).isEqualTo(expected);
        for (int round = 0; round < Math.max(1, ROUNDS / 4); round++) {
            try (Stream<Path> files = Files.walk(cache)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    if (file.toString().endsWith(".smo")) {
                        damage(file, random);
                    } else if (file.toString().endsWith(".so")) {
                        Files.write(file, new byte[random.nextInt(1 << 20)]);
                    }
                }
            }
            assertThat(answer(SmeltProcess.Start.in(cache))).isEqualTo(expected);
        }
    }

    /** One byte is another, or the end is missing. */
    private static void damage(Path file, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (random.nextInt(3) == 0) {
            bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
        } else {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, bytes);
    }

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
