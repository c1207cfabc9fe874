package smelt.planner.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Tier;

/** Guards calibrations as files: what is written is read, and what is no calibration is refused. */
class CalibrationFileTest {
    private static final MachineCalibration SAMPLE = SampleMachine.calibration();

    @Test
    void comesBackAsItWasWritten(@TempDir Path folder) {
        Path file = CalibrationFile.in(folder, "Some (R) CPU @ 3.0 GHz", "vnni", 2);
        CalibrationFile.write(SAMPLE, file);
        assertThat(file).hasFileName("some-r-cpu-3-0-ghz-vnni-2.json");
        assertThat(CalibrationFile.read(file)).isEqualTo(SAMPLE);
    }

    @Test
    void tellsHowToCalibrateWhereThereIsNoFile(@TempDir Path folder) {
        assertThatThrownBy(() -> CalibrationFile.read(folder.resolve("none.json")))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(FailureCode.NOT_FOUND))
                .hasToString("not-found: This machine is not calibrated yet"
                        + " (run: smelt plan calibrate (about two minutes))");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"cpu\":",
                "\"text\"",
                "{\"cpu\":\"x\",\"kernels\":[{}]}",
                "[[[[[[[[[[[[[[[[[[[[[[[[[["
            })
    void refusesWhatIsNoCalibration(String json) {
        assertThatThrownBy(() -> CalibrationFile.parse(json)).isInstanceOf(Failure.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"threads\":2|\"threads\":0",
                "\"seconds\":|\"seconds\":-",
                "\"type\":\"Q4_0\"|\"type\":\"Q99\"",
                "\"sequences\":1|\"sequences\":0",
                "\"rows_each\":512|\"rows_each\":2000000000",
                "\"bytes\":|\"bytes\":-",
                "\"instructions\":\"VNNI\"|\"instructions\":\"MMX\"",
                "\"cache\":\"F16\"|\"cache\":\"F99\"",
                "\"working_set\":|\"working_set\":1e999,\"x\":",
                "\"kernels\":[|\"kernels\":[null,",
                "\"memory_bytes\":|\"memory_bytes\":-"
            })
    void refusesFiguresThatCannotBe(String change) {
        List<String> parts = List.of(change.split("\\|"));
        String text = CalibrationFile.text(SAMPLE);
        assertThat(text).contains(parts.getFirst());
        String changed = text.replace(parts.getFirst(), parts.getLast());
        assertThatThrownBy(() -> CalibrationFile.parse(changed)).isInstanceOf(Failure.class);
    }

    @Test
    void refusesWhatIsNoText(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("bytes.json");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThatThrownBy(() -> CalibrationFile.read(file)).isInstanceOf(Failure.class);
    }

    @Test
    void refusesWhatIsNoFile(@TempDir Path folder) {
        assertThatThrownBy(() -> CalibrationFile.read(folder))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("is no file");
    }

    @Test
    void isADeviceOfThePlanner() {
        Device device = SAMPLE.device();
        assertThat(device.kind()).isEqualTo(Device.Kind.CPU);
        assertThat(device.memoryBandwidth().value()).isEqualTo(SAMPLE.readBytesPerSecond());
        assertThat(device.memoryBandwidth().tier()).isEqualTo(Tier.MEASURED_BY_US);
    }
}
