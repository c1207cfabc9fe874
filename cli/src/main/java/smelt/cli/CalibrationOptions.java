package smelt.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import smelt.planner.calibration.CalibrationFile;
import smelt.planner.calibration.MachineCalibration;
import smelt.store.ModelStore;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.Machine;

/** A machine as it is calibrated: with how many threads, with which cache, and where what was measured is kept. */
@Command
final class CalibrationOptions {
    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Mixin
    CacheOption cache = new CacheOption();

    @Option(
            names = "--calibration",
            paramLabel = "FILE",
            description = "Where the calibration is kept (default: a file of this machine below ~/.cache/smelt).")
    private @Nullable Path file;

    Path file() {
        return file != null
                ? file
                : CalibrationFile.in(
                        ModelStore.defaultRoot().resolveSibling("calibrations"),
                        Machine.detect().cpu(),
                        CpuFeatures.host().choose().text(),
                        threads.count());
    }

    MachineCalibration read() {
        return CalibrationFile.read(file());
    }
}
