package smelt.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import smelt.planner.calibration.CalibrationFile;
import smelt.planner.calibration.MachineCalibration;
import smelt.store.ModelStore;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.Machine;

/** {@code --calibration}: where what was measured of a machine is kept. */
@Command
final class CalibrationOption {
    @Option(
            names = "--calibration",
            paramLabel = "FILE",
            description = "Where the calibration is kept (default: a file of this machine below ~/.cache/smelt).")
    private @Nullable Path file;

    Path file(int threads) {
        return file != null
                ? file
                : CalibrationFile.in(
                        ModelStore.defaultRoot().resolveSibling("calibrations"),
                        Machine.detect().cpu(),
                        CpuFeatures.host().choose().text(),
                        threads);
    }

    MachineCalibration read(int threads) {
        return CalibrationFile.read(file(threads));
    }
}
