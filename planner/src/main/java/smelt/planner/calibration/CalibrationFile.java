package smelt.planner.calibration;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.JsonFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Calibrations as JSON, one file for each machine, below the user's cache. */
public final class CalibrationFile {
    private static final long MOST_BYTES = 16 << 20;

    /** What records answer beside what they hold. */
    @JsonIgnoreProperties({"product", "attention", "stacked"})
    private interface Held {}

    private static final JsonMapper MAPPER = JsonMapper.builder(
                    JsonFile.limited(16, 1 << 12).build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .addMixIn(MachineCalibration.class, Held.class)
            .addMixIn(CallWork.class, Held.class)
            .addMixIn(CallWork.Matrix.class, Held.class)
            .build();

    private CalibrationFile() {}

    /** In {@code folder}, of a machine that has such a processor, kernels and threads. */
    public static Path in(Path folder, String cpu, String instructions, int threads) {
        String name = (cpu + " " + instructions + " " + threads)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-");
        return folder.resolve(name + ".json");
    }

    public static String text(MachineCalibration calibration) {
        return MAPPER.writeValueAsString(calibration);
    }

    /** @throws Failure MALFORMED where it is no calibration */
    public static MachineCalibration parse(String json) {
        try {
            MachineCalibration read = MAPPER.readValue(json, MachineCalibration.class);
            if (read == null) {
                throw malformed("it is null");
            }
            return read;
        } catch (JacksonException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw malformed(e.getOriginalMessage());
        }
    }

    /** @throws Failure UNAVAILABLE where it cannot be written */
    public static void write(MachineCalibration calibration, Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "calibration", ".new");
            Files.writeString(fresh, text(calibration));
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "The calibration cannot be written: " + e.getMessage())
                    .withNextStep("make room there, or set SMELT_CACHE to a folder that can be written")
                    .withCause(e);
        }
    }

    /** @throws Failure NOT_FOUND, LIMIT_EXCEEDED, MALFORMED, UNAVAILABLE */
    public static MachineCalibration read(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw Failure.of(FailureCode.MALFORMED, file + " is no file");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw Failure.of(FailureCode.LIMIT_EXCEEDED, file + " has more than " + MOST_BYTES + " bytes");
            }
            return parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw Failure.of(FailureCode.NOT_FOUND, "This machine is not calibrated yet")
                    .withNextStep("run: smelt plan calibrate (about two minutes)")
                    .withCause(e);
        } catch (CharacterCodingException e) {
            throw malformed("it is no text");
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, file + " cannot be read: " + e.getMessage())
                    .withCause(e);
        }
    }

    private static Failure malformed(String why) {
        return Failure.of(FailureCode.MALFORMED, "The calibration cannot be read: " + why)
                .withNextStep("calibrate again: smelt plan calibrate");
    }
}
