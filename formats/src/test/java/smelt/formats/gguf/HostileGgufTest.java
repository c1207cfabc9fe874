package smelt.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Hostile;
import smelt.formats.Samples;

/** Guards formats: no GGUF bytes crash, hang or fill the memory; failures have a code and say where. */
class HostileGgufTest {
    private static final int U8 = 0;
    private static final int U32 = 4;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int U64 = 10;
    private static final int F32 = 0;
    private static final int Q4_0 = 2;

    @TempDir
    static Path folder;

    private static byte[] valid() throws IOException {
        Path path = folder.resolve("valid.gguf");
        GgufWriter.write(path, Samples.metadata(), Samples.tensors(DType.F32, DType.Q4_0, DType.F16));
        return Files.readAllBytes(path);
    }

    @Test
    void everyTruncationAndEveryChangedByteIsSurvived() throws IOException {
        byte[] file = valid();
        assertThat(Hostile.gguf(file)).isTrue();
        Hostile.forEachMutation(file, Hostile::gguf);
    }

    @Test
    void everyTruncationFails() throws IOException {
        byte[] file = valid();
        int dataEnd = GgufHeader.parse(ByteBuffer.wrap(file), file.length)
                .map(header -> (int) header.tensors().getLast().end())
                .orElseThrow();
        for (int length = 0; length < dataEnd; length++) {
            ByteBuffer cut = ByteBuffer.wrap(file, 0, length);
            long bytes = length;
            assertThatThrownBy(() -> GgufHeader.parse(cut, bytes))
                    .isInstanceOfSatisfying(
                            Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.MALFORMED));
        }
    }

    @Test
    void randomLengthsAreSurvived() throws IOException {
        long seed = 3;
        AtomicInteger accepted = new AtomicInteger();
        Hostile.forEachRandomMutation(valid(), seed, 30_000, file -> accepted.addAndGet(Hostile.gguf(file) ? 1 : 0));
        assertThat(accepted.get()).as("of 30,000 files, seed %d", seed).isBetween(1, 29_000);
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                arguments("begin with 'GGUF'", new RawGguf().u32(0x12345678).end(64)),
                arguments("begin with 'GGUF'", new byte[0]),
                arguments(
                        "big-endian",
                        new RawGguf().raw('G', 'G', 'U', 'F', 0, 0, 0, 3).end(0)),
                arguments("version 1", RawGguf.file(1, 0, 0).end(0)),
                arguments("18446744073709551615 tensors", RawGguf.file(3, -1, 0).end(0)),
                arguments(
                        "4611686018427387904 keys", RawGguf.file(3, 0, 1L << 62).end(0)),
                arguments("60000 items", RawGguf.file(3, 0, 60_000).end(100)),
                arguments("100000 items", RawGguf.file(3, 100_000, 0).end(100)),
                arguments(
                        "there twice",
                        RawGguf.file(3, 0, 2)
                                .key("a", U8)
                                .raw(1)
                                .key("a", U8)
                                .raw(1)
                                .end(0)),
                arguments("'a'", RawGguf.file(3, 0, 1).key("a", 99).end(64)),
                arguments("Value type 99", RawGguf.file(3, 0, 1).key("a", 99).end(64)),
                arguments(
                        "neither 0 nor 1",
                        RawGguf.file(3, 0, 1).key("a", BOOL).raw(2).end(0)),
                arguments(
                        "beyond 63 bits",
                        RawGguf.file(3, 0, 1).key("a", U64).u64(-1).end(0)),
                arguments(
                        "beyond 63 bits",
                        RawGguf.file(3, 0, 1)
                                .key("a", ARRAY)
                                .u32(U64)
                                .u64(1)
                                .u64(-1)
                                .end(0)),
                arguments(
                        "neither 0 nor 1",
                        RawGguf.file(3, 0, 1)
                                .key("a", ARRAY)
                                .u32(BOOL)
                                .u64(2)
                                .raw(1, 9)
                                .end(0)),
                arguments(
                        "Arrays of arrays",
                        RawGguf.file(3, 0, 1).key("a", ARRAY).u32(ARRAY).u64(1).end(64)),
                arguments(
                        "items are wanted",
                        RawGguf.file(3, 0, 1)
                                .key("a", ARRAY)
                                .u32(U32)
                                .u64(1L << 61)
                                .end(64)),
                arguments(
                        "items are wanted",
                        RawGguf.file(3, 0, 1)
                                .key("a", ARRAY)
                                .u32(STRING)
                                .u64(1L << 40)
                                .end(64)),
                arguments(
                        "at byte 24",
                        RawGguf.file(3, 0, 1).key("a", STRING).u64(1L << 23).end(64)),
                arguments(
                        "control characters",
                        RawGguf.file(3, 0, 1).key("a\0b", U8).raw(1).end(0)),
                arguments(
                        "not valid UTF-8",
                        RawGguf.file(3, 0, 1).u64(1).raw(0xFF).u32(U8).raw(1).end(0)),
                arguments("empty", RawGguf.file(3, 0, 1).key("", U8).raw(1, 1).end(0)),
                arguments(
                        "general.alignment is 0",
                        RawGguf.file(3, 0, 1)
                                .key("general.alignment", U32)
                                .u32(0)
                                .end(0)),
                arguments(
                        "alignment is 33",
                        RawGguf.file(3, 0, 1)
                                .key("general.alignment", U32)
                                .u32(33)
                                .end(0)),
                arguments(
                        "an integer",
                        RawGguf.file(3, 0, 1)
                                .key("general.alignment", STRING)
                                .string("32")
                                .end(0)),
                arguments("overlap", two(0, 0)),
                arguments("overlap", two(32, 0)),
                arguments("no multiple of 32", two(0, 68)),
                arguments("passes the file's end", two(0, 1 << 20)),
                arguments("no multiple of 32", two(0, Long.MIN_VALUE + 1)),
                arguments(
                        "there twice",
                        RawGguf.file(3, 2, 0)
                                .tensor("t", F32, 0, 16)
                                .tensor("t", F32, 64, 16)
                                .end(128)),
                arguments("is not known", one(31, 32)),
                arguments("no whole number", one(Q4_0, 31)),
                arguments("negative or too large", one(F32, 1L << 40, 1L << 40)),
                arguments("overflow", one(F32, 1L << 62)),
                arguments("no whole number", one(F32, -1)),
                arguments("negative", one(F32, 32, -1)),
                arguments("5 dimensions", one(F32, 1, 1, 1, 1, 1)),
                arguments(
                        "4294967295 dimensions",
                        RawGguf.file(3, 1, 0).string("t").u32(-1).end(64)));
    }

    private static byte[] one(int type, long... dimensions) {
        return RawGguf.file(3, 1, 0).tensor("t", type, 0, dimensions).end(4096);
    }

    private static byte[] two(long first, long second) {
        return RawGguf.file(3, 2, 0)
                .tensor("a", F32, first, 16)
                .tensor("b", F32, second, 16)
                .end(256);
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenFilesSayWhatIsWrong(String message, byte[] file) throws IOException {
        Path path = Files.write(folder.resolve("broken.gguf"), file);
        assertThatThrownBy(() -> GgufReader.open(path)).isInstanceOfSatisfying(Failure.class, e -> {
            assertThat(e.what()).contains("broken.gguf").contains(message);
            assertThat(e.code()).isIn(FailureCode.MALFORMED, FailureCode.UNSUPPORTED, FailureCode.LIMIT_EXCEEDED);
        });
        assertThat(Hostile.gguf(file)).isFalse();
    }

    @Test
    void manyShortTextsTakeNoMoreMemoryThanTheirFile() {
        int count = 2 << 20;
        RawGguf raw = RawGguf.file(3, 0, 1).key("texts", ARRAY).u32(STRING).u64(count);
        for (int i = 0; i < count; i++) {
            raw.u64(0);
        }
        byte[] file = raw.end(0);
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        long before = runtime.totalMemory() - runtime.freeMemory();
        GgufHeader header = GgufHeader.parse(ByteBuffer.wrap(file), file.length).orElseThrow();
        System.gc();
        long held = runtime.totalMemory() - runtime.freeMemory() - before;
        assertThat(held).isLessThan(2L * file.length);
        assertThat(header.metadata().strings("texts").orElseThrow()).hasSize(count);
    }

    @Test
    void aHeaderThatHasNoEndIsRefused() {
        byte[] prefix =
                RawGguf.file(3, 0, 1).key("a", ARRAY).u32(U8).u64(1L << 35).end(64);
        assertThatThrownBy(() -> GgufHeader.parse(ByteBuffer.wrap(prefix), 1L << 40))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED));
    }
}
