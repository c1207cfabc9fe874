package smelt.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import smelt.bench.CalibrationRun;
import smelt.bench.EngineCost;
import smelt.planner.calibration.CalibrationFile;
import smelt.planner.calibration.MachineCalibration;
import smelt.store.StoredModel;

/** {@code smelt plan calibrate}. */
@Command(
        name = "calibrate",
        header = "Time this machine's kernels, so that 'smelt plan here' can tell how fast a model will be.",
        descriptionHeading = "%n",
        description =
                "Two models of random weights in the usual block types take turns, and whatever MODELs are named: "
                        + "those make the forecast of models like them surer.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt plan calibrate",
            "  smelt plan calibrate smollm2 --seconds 120",
            "  smelt plan here model.gguf"
        })
final class PlanCalibrateCommand implements Callable<Integer> {
    private static final int MOST_SECONDS = 3600;
    private static final int MOST_ROUNDS = 100;
    private static final long SEED = 1;

    @Parameters(arity = "0..*", paramLabel = "MODEL", description = "Models to time beside those of random weights.")
    List<String> models = new ArrayList<>();

    @Mixin
    StoreOptions store = new StoreOptions();

    @Mixin
    CalibrationOptions machine = new CalibrationOptions();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "90",
            description = "After so long no further round begins (default: ${DEFAULT-VALUE}).")
    int seconds = 90;

    @Option(names = "--engine-cost", hidden = true, description = "What the command itself runs first.")
    boolean engineCost;

    @Option(names = "--json", description = "Print the calibration as JSON.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** {@code smelt plan --calibrate} is {@code smelt plan calibrate}. */
    static String[] meant(String... args) {
        String[] meant = args.clone();
        if (meant.length > 1 && meant[0].equals("plan") && meant[1].equals("--calibrate")) {
            meant[1] = "calibrate";
        }
        return meant;
    }

    @Override
    public Integer call() {
        machine.threads.check(spec.commandLine());
        if (seconds < 1 || seconds > MOST_SECONDS) {
            throw new ParameterException(spec.commandLine(), "--seconds must be 1 to " + MOST_SECONDS);
        }
        PrintWriter err = spec.commandLine().getErr();
        Map<String, Path> files = new LinkedHashMap<>();
        for (String model : models) {
            StoredModel found =
                    StoreOptions.withProgress(err, bar -> store.open().resolve(model, bar));
            files.put(found.name(), found.path());
        }
        var plan = new CalibrationRun.Plan(
                files, machine.threads.count(), machine.cache.type(), Duration.ofSeconds(seconds), MOST_ROUNDS, SEED);
        if (engineCost) {
            spec.commandLine().getOut().println(Json.pretty(EngineCost.measure(plan)));
            return 0;
        }
        MachineCalibration measured;
        try (StatusLine status = StatusLine.on(err)) {
            measured = CalibrationRun.run(plan, OwnCommand.measuringEngine(plan.withoutModels()), status::show);
        }
        Path file = machine.file();
        CalibrationFile.write(measured, file);
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? CalibrationFile.text(measured) + "\n" : ForecastTable.text(measured));
        err.println("smelt: kept in " + file);
        return 0;
    }
}
