package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static smelt.engine.Steps.alone;
import static smelt.engine.Steps.loop;
import static smelt.engine.Steps.prompt;
import static smelt.engine.Steps.runAll;
import static smelt.engine.Steps.submit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.cache.BlockOwner;
import smelt.engine.cache.SnapshotProgress;
import smelt.engine.cache.SnapshotReader;
import smelt.engine.cache.SnapshotWriter;
import smelt.runtime.NullRunner;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: a prefix cache that goes to a file and comes back, and files that are no such thing. */
class SnapshotTest {
    private static final Limits LIMITS = new Limits(97, 640, 16, 40, 64, 16);
    private static final int RECORD = 4 + 64 + 64 + 4;
    private static final SnapshotProgress QUIET = (done, total) -> {};

    @TempDir
    Path folder;

    /** An engine that is stepped by hand, with one step after each errand. */
    private static final class Hand {
        final WatchedRunner runner;
        final EngineLoop loop;
        int errands;

        Hand(Limits limits) {
            runner = new WatchedRunner(limits);
            loop = loop(runner, Settings.DEFAULT);
        }

        private final BlockOwner owner = new BlockOwner() {
            @Override
            public <T> T ask(Supplier<T> errand) {
                errands++;
                T result = errand.get();
                loop.doWork();
                return result;
            }
        };

        long save(Path file) {
            return new SnapshotWriter(runner, loop.scheduler().pool(), owner).save(file, QUIET);
        }

        long restore(Path file) {
            return new SnapshotReader(runner, loop.scheduler().pool(), owner).restore(file, QUIET);
        }

        int cached(Request request) {
            var events = new RecordedEvents();
            submit(loop, request, events);
            runAll(loop);
            assertThat(events.withoutLast()).isEqualTo(alone(request, LIMITS).withoutLast());
            return ((Event.Finished) events.all.getLast()).usage().cachedTokens();
        }
    }

    private static Request request(int length, int salt) {
        return Request.of(prompt(length, salt)).withMaxTokens(20).withLogProbs(2);
    }

    private Path saved(String name, int... salts) {
        var hand = new Hand(LIMITS);
        for (int salt : salts) {
            hand.cached(request(100, salt));
        }
        Path file = folder.resolve(name);
        assertThat(hand.save(file)).isEqualTo(salts.length * 112L);
        return file;
    }

    private static Failure refused(ThrowingCallable restore) {
        Throwable thrown = catchThrowable(restore);
        assertThat(thrown).isInstanceOf(Failure.class);
        return (Failure) thrown;
    }

    @Test
    void whatWasSavedIsFoundAgain() throws IOException {
        Path file = saved("cache", 1, 2);
        assertThat(Files.size(file)).isEqualTo(1024 + 14 * RECORD);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        var hand = new Hand(LIMITS);
        assertThat(hand.restore(file)).isEqualTo(224);
        assertThat(hand.loop.metrics().blocksUsed()).isZero();
        assertThat(hand.cached(request(100, 1))).isEqualTo(96);
        assertThat(hand.cached(request(110, 2))).isEqualTo(96);
        assertThat(hand.cached(request(100, 3))).isZero();
        assertThat(hand.restore(file)).isEqualTo(224);
        assertThat(hand.save(file)).isEqualTo(224 + 32 + 112);
    }

    @Test
    void aSmallerCacheTakesWhatWasUsedLast() {
        Path file = saved("cache", 1, 2);
        var hand = new Hand(new Limits(97, 160, 16, 10, 64, 16));
        assertThat(hand.restore(file)).isEqualTo(160);
        assertThat(hand.cached(request(100, 2))).isEqualTo(96);
        // its leaves were given up last in, first out
        assertThat(hand.cached(request(100, 1))).isBetween(0, 48);
    }

    @Test
    void requestsGoOnAndGiveBlocksUpMeanwhile() {
        for (int seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            var hand = new Hand(new Limits(97, 640, 16, 400, 64, 16));
            List<Request> requests = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                requests.add(request(50 + random.nextInt(400), random.nextInt(12)));
                submit(hand.loop, requests.getLast(), event -> {});
                hand.loop.doWork();
            }
            Path file = folder.resolve("cache" + seed);
            hand.errands = 0;
            long positions = hand.save(file);
            assertThat(hand.errands).as("seed %d", seed).isEqualTo(2);
            runAll(hand.loop);
            var other = new Hand(new Limits(97, 640, 16, 400, 64, 16));
            assertThat(other.restore(file)).as("seed %d", seed).isEqualTo(positions);
            int hits = requests.stream().mapToInt(other::cached).sum();
            assertThat(hits).as("seed %d", seed).isPositive();
            Steps.assertIdle(other.loop);
        }
    }

    @Test
    void blocksThatAreTakenAgainWhileOthersAreWrittenAreLeftOut() {
        // 2,000 blocks of which 1,024 are copied at once; between the two errands a long prompt takes most of the
        // others
        var limits = new Limits(97, 40_000, 16, 2_000, 512, 16);
        var hand = new Hand(limits);
        submit(hand.loop, Request.of(prompt(31_000, 1)).withMaxTokens(1), event -> {});
        runAll(hand.loop);
        int[] calls = new int[1];
        BlockOwner owner = new BlockOwner() {
            @Override
            public <T> T ask(Supplier<T> errand) {
                T result = errand.get();
                if (calls[0]++ == 1) {
                    submit(hand.loop, Request.of(prompt(20_000, 2)).withMaxTokens(1), event -> {});
                    runAll(hand.loop);
                }
                return result;
            }
        };
        Path file = folder.resolve("cache");
        long positions = new SnapshotWriter(hand.runner, hand.loop.scheduler().pool(), owner).save(file, QUIET);
        assertThat(positions).isEqualTo(1024 * 16);
        var other = new Hand(limits);
        assertThat(other.restore(file)).isEqualTo(positions);
        var events = new RecordedEvents();
        submit(other.loop, Request.of(prompt(31_000, 1)).withMaxTokens(1), events);
        runAll(other.loop);
        assertThat(((Event.Finished) events.all.getLast()).usage().cachedTokens())
                .isEqualTo(positions);
    }

    @Test
    void anotherModelRefusesAndSaysWhy() {
        Path file = saved("cache", 1);
        assertThat(refused(() -> new Hand(new Limits(98, 640, 16, 40, 64, 16)).restore(file)))
                .satisfies(f -> assertThat(f.code()).isEqualTo(FailureCode.UNSUPPORTED))
                .satisfies(f -> assertThat(f.what()).contains("vocabulary", "97", "98", "cache"));
        assertThat(refused(() -> new Hand(new Limits(97, 640, 32, 40, 64, 16)).restore(file))
                        .what())
                .contains("positions of a block", "16", "32");
        assertThat(refused(() -> new Hand(LIMITS).restore(folder.resolve("none")))
                        .code())
                .isEqualTo(FailureCode.NOT_FOUND);
        assertThat(refused(() -> new Hand(LIMITS).restore(folder)).code()).isEqualTo(FailureCode.INVALID_ARGUMENT);
        assertThat(refused(() -> new Hand(LIMITS).save(folder)).code()).isEqualTo(FailureCode.INVALID_ARGUMENT);
        assertThat(refused(() -> new Hand(LIMITS).save(folder.resolve("no/where")))
                        .code())
                .isEqualTo(FailureCode.UNAVAILABLE);
    }

    /** Every byte that is changed, and every length, is noticed; what is left works as if it were new. */
    @Test
    void damageIsNoticed() throws IOException {
        byte[] right = Files.readAllBytes(saved("right", 1));
        Path file = folder.resolve("damaged");
        for (int length = 0; length < right.length; length += 7) {
            Files.write(file, Arrays.copyOf(right, length));
            assertThat(refused(() -> new Hand(LIMITS).restore(file)).code())
                    .isIn(FailureCode.CORRUPT, FailureCode.MALFORMED);
        }
        Files.write(file, Arrays.copyOf(right, right.length + 1));
        refused(() -> new Hand(LIMITS).restore(file));
        for (int at = 0; at < right.length; at++) {
            byte[] wrong = right.clone();
            wrong[at] ^= (byte) (1 << at % 8);
            Files.write(file, wrong);
            var hand = new Hand(LIMITS);
            refused(() -> hand.restore(file));
            Steps.assertIdle(hand.loop);
            if (at % 50 == 0) {
                hand.cached(request(100, 1));
            }
        }
    }

    /** What no damage makes, since the checksums are right. */
    @Test
    void liesAreNoticed() throws IOException {
        Path right = saved("right", 1);
        assertThat(lie(right, bytes -> bytes.putInt(8, 2))).contains("format 2");
        assertThat(lie(right, bytes -> bytes.putInt(28, Integer.MAX_VALUE))).contains("bytes instead of");
        assertThat(lie(right, bytes -> bytes.putInt(28, -1))).contains("-1");
        assertThat(lie(right, bytes -> bytes.putInt(32, Integer.MAX_VALUE))).contains("text");
        assertThat(lie(right, bytes -> bytes.putLong(20, Long.MAX_VALUE))).contains("bytes of a block");
        assertThat(lie(right, bytes -> bytes.putInt(1024, 0))).contains("follow");
        assertThat(lie(right, bytes -> bytes.putInt(1024, -2))).contains("follow");
        assertThat(lie(right, bytes -> bytes.putInt(1024 + RECORD, Integer.MAX_VALUE)))
                .contains("follow");
        assertThat(lie(right, bytes -> bytes.putInt(1024 + 4, 97))).contains("token 97");
        assertThat(lie(right, bytes -> bytes.putInt(1024 + 4, -1))).contains("token -1");
    }

    private String lie(Path right, Consumer<ByteBuffer> change) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(right)).order(ByteOrder.LITTLE_ENDIAN);
        change.accept(bytes);
        seal(bytes, 0, 1024);
        for (int from = 1024; from < bytes.capacity(); from += RECORD) {
            seal(bytes, from, RECORD);
        }
        Path file = folder.resolve("lie");
        Files.write(file, bytes.array());
        var hand = new Hand(LIMITS);
        String what = refused(() -> hand.restore(file)).what();
        Steps.assertIdle(hand.loop);
        return what;
    }

    private static void seal(ByteBuffer bytes, int from, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.duplicate().position(from).limit(from + length - 4));
        bytes.putInt(from + length - 4, (int) checksum.getValue());
    }

    @Test
    void anEngineSavesWhileItRunsAndRefusesOnceItIsClosed() throws Exception {
        Path file = folder.resolve("cache");
        var engine = new Engine(NullRunner.timed(LIMITS, 100_000, 0, SnapshotTest::sleep), null, Settings.DEFAULT);
        var stream = new EventStream();
        engine.submit(Request.of(prompt(100, 1)).withMaxTokens(500), stream);
        stream.take();
        List<Long> told = new ArrayList<>();
        assertThat(engine.save(file, (done, total) -> told.add(total - done))).isGreaterThanOrEqualTo(96);
        assertThat(told.getLast()).isZero();
        engine.close();
        assertThatThrownBy(() -> engine.save(file, QUIET))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.CANCELLED));
        try (var next = new Engine(NullRunner.untimed(LIMITS), null, Settings.DEFAULT)) {
            assertThat(next.restore(file, QUIET)).isGreaterThanOrEqualTo(96);
            var found = new EventStream();
            next.submit(Request.of(prompt(100, 1)).withMaxTokens(1), found);
            assertThat(found.completion().usage().cachedTokens()).isEqualTo(96);
        }
    }

    private static void sleep(long nanos) {
        LockSupport.parkNanos(nanos);
    }
}
