package smelt.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import smelt.bench.Bench;
import smelt.bench.CalibrationRun;
import smelt.bench.EngineCost;
import smelt.bench.Plan;
import smelt.bench.Report;
import smelt.bench.Spread;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.planner.calibration.MachineCalibration;
import smelt.planner.calibration.MachineForecast;
import smelt.planner.calibration.Scenarios;
import smelt.planner.time.Interval;
import smelt.runtime.LoadOptions;
import smelt.runtime.LoadPlan;
import smelt.store.StoredModel;

/** {@code smelt plan here}. */
@Command(
        name = "here",
        header = "Tell how fast a model will be on this machine, and what memory it takes, from its header alone.",
        descriptionHeading = "%n",
        description = "Needs 'smelt plan calibrate' once. With --check the model is measured afterwards.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  smelt plan here smollm2", "  smelt plan here model.gguf --check --json"})
final class PlanHereCommand implements Callable<Integer> {
    private static final int MOST_ROUNDS = 1000;
    private static final int MOST_SECONDS = 3600;
    private static final long SEED = 2;

    @Mixin
    ModelArgument model = new ModelArgument();

    @Mixin
    CalibrationOptions machine = new CalibrationOptions();

    @Option(names = "--check", description = "Then measure the same, and tell how far the forecast was off.")
    boolean check;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "5",
            description = "Rounds of --check (default: ${DEFAULT-VALUE}).")
    int repeat = 5;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "300",
            description = "End --check after about this time (default: ${DEFAULT-VALUE}).")
    int seconds = 300;

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /**
     * @param measured in the fastest round: forecasts are of a machine that nobody else uses
     * @param error of the forecast as a share of it
     */
    record Checked(String figure, double forecast, double measured, double error, boolean withinInterval) {}

    /**
     * What was measured.
     *
     * @param memoryReadGbPerSecond the machine's best sweep meanwhile
     * @param calibratedGbPerSecond its best when it was calibrated: decode is slower by as much as this is more
     */
    record Check(List<Checked> figures, Optional<Double> memoryReadGbPerSecond, double calibratedGbPerSecond) {}

    record Answer(String model, MachineForecast forecast, Optional<Check> checked) {}

    @Override
    public Integer call() {
        machine.threads.check(spec.commandLine());
        if (repeat < 1 || repeat > MOST_ROUNDS || seconds < 1 || seconds > MOST_SECONDS) {
            throw new ParameterException(
                    spec.commandLine(), "--repeat must be 1 to " + MOST_ROUNDS + ", --seconds to " + MOST_SECONDS);
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        StoredModel found = model.resolve(err);
        MachineCalibration measured = machine.read();
        MachineForecast forecast = forecast(measured, found.path());
        if (!json) {
            out.print(ForecastTable.text(found.name(), measured, forecast));
            out.flush();
        }
        Optional<Check> checked = check ? Optional.of(measure(found, measured, forecast)) : Optional.empty();
        if (json) {
            out.println(Json.pretty(new Answer(found.name(), forecast, checked)));
        } else {
            checked.ifPresent(all -> out.print(ForecastTable.text(all)));
        }
        return 0;
    }

    private MachineForecast forecast(MachineCalibration measured, Path path) {
        LoadOptions options = Scenarios.USUAL.options(measured.threads(), machine.cache.type());
        try (ModelFile file = ModelFiles.open(path)) {
            ModelGraph graph = Models.build(file, new Models.Options(options.contextLength()));
            return MachineForecast.of(measured, LoadPlan.of(graph, options, measured.tiling()), Scenarios.USUAL);
        }
    }

    private Check measure(StoredModel found, MachineCalibration calibrated, MachineForecast forecast) {
        Scenarios usual = Scenarios.USUAL;
        var plan = new Plan(
                usual.prompt(),
                usual.output(),
                List.of(usual.depth()),
                List.of(usual.users()),
                repeat,
                machine.threads.count(),
                machine.cache.type(),
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(seconds),
                SEED);
        Report report;
        try (StatusLine status = StatusLine.on(spec.commandLine().getErr())) {
            report = Bench.run(found.name(), found.path(), plan, List.of(), status::show);
        }
        List<Checked> checked = new ArrayList<>();
        for (Report.Row row : report.runs()) {
            Optional<Interval> said = Optional.ofNullable(forecast.speeds().get(row.scenario()));
            Optional<Double> rate = row.tokensPerSecond().map(Spread::highest);
            said.ifPresent(interval -> rate.ifPresent(value -> checked.add(compare(row.scenario(), interval, value))));
        }
        checked.add(compare(ForecastTable.MEMORY, forecast.residentBytes(), memory(found)));
        return new Check(checked, report.memoryReadBest(), calibrated.readBytesPerSecond() / 1e9);
    }

    /** Of a process that does nothing else: this one has also planned, and loaded the model twice. */
    private long memory(StoredModel found) {
        var plan = new CalibrationRun.Plan(
                Map.of(found.name(), found.path()),
                machine.threads.count(),
                machine.cache.type(),
                Duration.ofSeconds(seconds),
                1,
                SEED);
        return EngineCost.of(OwnCommand.measuringEngine(plan)).residentBytes();
    }

    private static Checked compare(String figure, Interval forecast, double measured) {
        boolean within = forecast.low() <= measured && measured <= forecast.high();
        return new Checked(figure, forecast.value(), measured, forecast.value() / measured - 1, within);
    }
}
