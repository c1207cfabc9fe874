package smelt.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;
import smelt.base.Failure;

/** The room {@code models}: whatever a file says, the answer is a graph or a failure with a text. */
class HostileModelsTest {
    private static final long SEED = Long.getLong("smelt.seed", 20261122);
    private static final int ROUNDS = 150;
    private static final List<Object> VALUES = List.of(
            0L,
            -1L,
            1L,
            2L,
            3L,
            7L,
            1_000_000L,
            1_000_001L,
            1L << 30,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            0.0,
            -1.0,
            1e-300,
            1e300,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            "",
            "yarn",
            "longrope",
            "dynamic",
            "llama3",
            "x".repeat(100_000),
            true,
            false,
            List.of(),
            List.of(1L),
            List.of("full_attention"),
            List.of(-1L, 2L),
            List.of(0.0, Double.NaN));
    private static final long[] SIZES = {0, 1, 2, 31, 32, 33, 64, 1L << 31, 1L << 40, Long.MAX_VALUE};

    static Stream<Path> folders() {
        return TinyModels.folders().stream();
    }

    @ParameterizedTest
    @MethodSource("folders")
    void changedFilesEndInGraphOrFailure(Path folder) {
        Random random = new Random(SEED ^ folder.getFileName().hashCode());
        int failures = 0;
        for (int round = 0; round < ROUNDS; round++) {
            FakeModel model = TinyModels.copy(folder);
            List<String> changes = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                changes.add(change(model, random));
            }
            try {
                assertThat(Models.build(model, new Models.Options(random.nextInt(2) * random.nextInt(5000)))
                                .layers())
                        .isNotEmpty();
            } catch (Failure failure) {
                failures++;
                assertThat(failure.what()).isNotBlank().hasSizeLessThan(2000);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError wrong) {
                throw new AssertionError("seed " + SEED + ", round " + round + ": " + changes, wrong);
            }
        }
        assertThat(failures).isGreaterThan(ROUNDS / 4);
    }

    private static String change(FakeModel model, Random random) {
        List<String> keys = List.copyOf(model.metadata().values().keySet());
        List<String> names = List.copyOf(model.tensors().keySet());
        String key = keys.get(random.nextInt(keys.size()));
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(6)) {
            case 0 -> model.without(key);
            case 1, 2 -> model.with(key, VALUES.get(random.nextInt(VALUES.size())));
            case 3 -> model.without(name);
            case 4 -> model.tensor(name, DType.values()[random.nextInt(DType.values().length)], shape(random));
            default -> model.tensor(name + random.nextInt(10), DType.F32, shape(random));
        }
        return key + " or " + name;
    }

    private static long[] shape(Random random) {
        return random.longs(random.nextInt(4), 0, SIZES.length)
                .map(i -> SIZES[(int) i])
                .toArray();
    }
}
