package smelt.formats.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Hostile;
import smelt.formats.Samples;

/** Guards formats: no safetensors bytes crash, hang or fill the memory; failures have a code and say where. */
class HostileSafetensorsTest {
    @TempDir
    Path folder;

    private byte[] valid() throws IOException {
        Path path = folder.resolve("valid.safetensors");
        SafetensorsWriter.write(path, Map.of("format", "pt"), Samples.tensors(DType.F32, DType.I8));
        return Files.readAllBytes(path);
    }

    private static byte[] file(long length, String json, int data) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(text)
                .array();
    }

    private static byte[] file(String json, int data) {
        return file(json.getBytes(StandardCharsets.UTF_8).length, json, data);
    }

    @Test
    void everyTruncationAndEveryChangedByteIsSurvived() throws IOException {
        byte[] file = valid();
        assertThat(Hostile.safetensors(file)).isTrue();
        Hostile.forEachMutation(file, Hostile::safetensors);
    }

    @Test
    void randomLengthsAreSurvived() throws IOException {
        long seed = 4;
        AtomicInteger accepted = new AtomicInteger();
        Hostile.forEachRandomMutation(
                valid(), seed, 10_000, file -> accepted.addAndGet(Hostile.safetensors(file) ? 1 : 0));
        assertThat(accepted.get()).as("of 10,000 files, seed %d", seed).isBetween(1, 9_900);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "something else begins | [1]",
                "Not valid JSON at character 5: | {\"a\":",
                "there twice | {\"a\":T,\"a\":T}",
                "there twice | {\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "is missing | {\"a\":{}}",
                "is not known | {\"a\":{\"dtype\":\"X\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "F8_E5M2 | {\"a\":{\"dtype\":\"F8_E5M2\",\"shape\":[4],\"data_offsets\":[0,4]}}",
                "A dtype is a text | {\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}",
                "A list of integers | {\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}",
                "A list of integers | {\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}",
                "negative | {\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
                "Not valid JSON | {\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}",
                "too large | {\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}",
                "more than 8 | {\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}",
                "do not span | {\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,5]}}",
                "do not span | {\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
                "begins at byte | {\"a\":T,\"b\":T}",
                "begins at byte | {\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "beyond any file | {\"a\":{\"dtype\":\"I8\",\"shape\":[7],\"data_offsets\":"
                        + "[9223372036854775800,9223372036854775807]}}",
                "the file at | {\"a\":T}",
                "the file at | {}",
                "control characters | {\"a\\u0000\":T}",
                "empty | {\"\":T}",
                "something after the end | {} 1"
            })
    void brokenFilesSayWhatIsWrong(String message, String json) {
        String tensor = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
        byte[] file = file(json.replace("T", tensor), 8);
        assertThatThrownBy(() -> SafetensorsHeader.parse(ByteBuffer.wrap(file), file.length))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.what()).contains(message));
    }

    @Test
    void lengthsBeyondTheFileAreRefused() {
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 33, 3, 0, 1}) {
            byte[] file = file(length, "{}", 0);
            assertThatThrownBy(() -> SafetensorsHeader.parse(ByteBuffer.wrap(file), file.length))
                    .isInstanceOfSatisfying(
                            Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.MALFORMED));
        }
    }

    @Test
    void aPrefixWithinTheHeaderAsksForMore() throws IOException {
        byte[] file = valid();
        int header = 8 + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
        for (int length = 0; length < header; length++) {
            assertThat(SafetensorsHeader.parse(ByteBuffer.wrap(file, 0, length), file.length))
                    .isEmpty();
        }
        assertThat(SafetensorsHeader.parse(ByteBuffer.wrap(file, 0, header), file.length))
                .isPresent();
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        byte[] file = file("{\"__metadata__\":" + deep + "}", 0);
        assertThatThrownBy(() -> SafetensorsHeader.parse(ByteBuffer.wrap(file), file.length))
                .isInstanceOf(Failure.class);
        Files.writeString(folder.resolve("config.json"), "{\"a\":" + deep + "}");
        assertThatThrownBy(() -> SafetensorsReader.open(folder))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.what()).contains("config.json"));
    }

    @Test
    void hugeConfigurationsAreRefused() throws IOException {
        Files.writeString(folder.resolve("config.json"), " ".repeat(5 << 20) + "{}");
        assertThatThrownBy(() -> SafetensorsReader.open(folder))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED));
    }

    @Test
    void changedConfigurationsAndIndexesAreSurvived() {
        String config = """
                {"a": {"b": [1, 2.5, {"c": null}], "d": "\\u00e9"}, "e": -1e-5, "f": [true, "x"], "g": [[1], [2]]}""";
        String index = "{\"metadata\": {}, \"weight_map\": {\"a\": \"b.safetensors\", \"c\": \"d.safetensors\"}}";
        Hostile.forEachMutation(config.getBytes(StandardCharsets.UTF_8), HostileSafetensorsTest::flatten);
        Hostile.forEachMutation(index.getBytes(StandardCharsets.UTF_8), bytes -> read(bytes, new IndexReading()));
    }

    @Test
    void longNamesOfOuterObjectsDoNotMultiply() {
        StringBuilder json = new StringBuilder("{\"" + "n".repeat(60_000) + "\":{");
        for (int i = 0; i < 100_000; i++) {
            json.append("\"").append(i).append("\":1,");
        }
        assertThat(flatten(json.append("\"z\":1}}").toString().getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    private static boolean flatten(byte[] json) {
        return read(json, new Flattening("", new LinkedHashMap<>()));
    }

    private static boolean read(byte[] json, Json.Reading<?> reading) {
        return Hostile.bounded(json.length, () -> Json.read(json, reading));
    }
}
