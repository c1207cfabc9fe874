package smelt.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Reason;
import smelt.planner.calibration.CalibrationFile;
import smelt.planner.calibration.MachineCalibration;
import smelt.planner.calibration.MachineForecaster;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.choice.Choice;
import smelt.planner.choice.Manifests;
import smelt.planner.choice.PlanSetting;
import smelt.planner.choice.Planner;
import smelt.planner.choice.Question;
import smelt.planner.choice.QuestionFile;
import smelt.planner.choice.QuestionReader;
import smelt.planner.report.ChoiceJson;
import smelt.planner.report.Report;
import smelt.planner.time.Forecaster;

/** {@code smelt plan}. */
@Command(
        name = "plan",
        header = "Tell which hardware would serve a model, how fast, and for how much.",
        customSynopsis = {"smelt plan [OPTIONS] --model MODEL", "       smelt plan COMMAND [OPTIONS]"},
        descriptionHeading = "%n",
        description = "Tries every layout on every machine that can be had and tells which nothing beats, and why each "
                + "of the others lost. Needs no weights and no such hardware. Without --own, --clouds and --buy "
                + "machines may be rented and bought; with them, only what they say.",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt plan --model llama-3.1-70b --rate 5/s --ttft 500ms --tpot 40ms",
            "  smelt plan --model llama-2-70b --own 4xRTX4090 --weights fp8",
            "  smelt plan --model qwen3-32b --on H100,L40S --clouds any --html plan.html",
            "  smelt plan --model qwen3-32b --trace requests.csv --ttft 1s --tpot 50ms",
            "  smelt plan --model qwen3-32b --own 2xL40S --measurements vllm.json@2xL40S:fp8",
            "  smelt plan --model llama-3.1-8b --own this --clouds any",
            "  smelt plan --config question.yaml --json | jq .front[0]",
            "  smelt plan fits llama-3.1-405b --on 4xH100",
            "  smelt plan train --model llama-2-70b --on 8xRTX4090 --tokens 1B"
        })
final class PlanCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The same as YAML; names are those of the options. Options win.")
    @Nullable
    Path config;

    @Option(names = "--json", description = "Print the answer as JSON.")
    boolean json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a report that needs nothing else.")
    @Nullable
    Path html;

    @Option(
            names = "--manifests",
            paramLabel = "FILE",
            description = "Write Kubernetes manifests of the best plan; - prints them.")
    @Nullable
    Path manifests;

    @Option(
            names = "--calibration",
            paramLabel = "FILE",
            description = "Of --own this (default: what smelt plan calibrate kept of this machine).")
    @Nullable
    Path calibration;

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Supplier<Forecaster> forecaster;

    PlanCommand(Supplier<Forecaster> forecaster) {
        this.forecaster = forecaster;
    }

    /** The command with an option for each setting of a question. */
    static CommandLine commandLine() {
        return commandLine(PlanForecaster::open);
    }

    static CommandLine commandLine(Supplier<Forecaster> forecaster) {
        CommandLine line = new CommandLine(new PlanCommand(forecaster));
        PlanSetting.ALL.forEach(setting -> line.getCommandSpec().addOption(option(setting)));
        line.addSubcommand("fits", new PlanFitsCommand(forecaster));
        line.addSubcommand("compare", new PlanCompareCommand(forecaster));
        line.addSubcommand("predict", new PlanPredictCommand());
        line.addSubcommand("train", new PlanTrainCommand());
        line.addSubcommand("calibrate", new PlanCalibrateCommand());
        line.addSubcommand("here", new PlanHereCommand());
        return line;
    }

    private static OptionSpec option(PlanSetting setting) {
        String usual = setting.usual().isEmpty() ? "" : " (default: " + setting.usual() + ")";
        String meaning = setting.meaning().substring(0, 1).toUpperCase(Locale.ROOT)
                + setting.meaning().substring(1) + usual + ".";
        OptionSpec.Builder option = OptionSpec.builder("--" + setting.name())
                .type(String[].class)
                .paramLabel(setting.label())
                .description(meaning.replace("%", "%%"));
        return setting.label().isEmpty()
                ? option.arity("0").type(boolean.class).build()
                : option.arity("1").build();
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        try {
            Map<String, List<String>> said = said();
            Catalogue catalogue = Catalogue.builtIn();
            Forecaster told = forecaster.get();
            if (PlanForecaster.asksOfThis(said)) {
                MachineCalibration here =
                        calibration == null ? new CalibrationOptions().read() : CalibrationFile.read(calibration);
                catalogue = catalogue.with(here.device());
                told = new MachineForecaster(told, here);
            }
            Question question = QuestionReader.read(said, catalogue);
            answer(question, PlanForecaster.corrected(told, said, catalogue), err);
            return 0;
        } catch (Failure e) {
            return PlanComplaints.about(e, err);
        }
    }

    private void answer(Question question, Forecaster told, PrintWriter err) {
        Choice choice;
        try (StatusLine status = StatusLine.on(err)) {
            choice = new Planner(told).choose(question, PlanProgress.on(status));
        }
        PlanForecaster.tellUnasked(told, err);
        PrintWriter out = spec.commandLine().getOut();
        if (html != null) {
            write(html, Report.html(choice));
        }
        if (manifests != null && !manifests.toString().equals("-")) {
            write(manifests, Manifests.kubernetes(choice.best(), question));
        }
        if (json) {
            out.println(Json.pretty(ChoiceJson.of(choice)));
        } else {
            out.print(new PlanTable(choice));
        }
        if (manifests != null && manifests.toString().equals("-")) {
            out.print(Manifests.kubernetes(choice.best(), question));
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "Cannot write " + file + ": " + Reason.of(e))
                    .withCause(e);
        }
    }

    /** By name; options win over the file. */
    private Map<String, List<String>> said() {
        Map<String, List<String>> said = new LinkedHashMap<>(config == null ? Map.of() : QuestionFile.read(config));
        for (PlanSetting setting : PlanSetting.ALL) {
            OptionSpec option = spec.findOption("--" + setting.name());
            if (option == null) {
                continue;
            }
            if (!option.stringValues().isEmpty()) {
                said.put(setting.name(), option.stringValues());
            } else if (option.getValue() instanceof Boolean on && on) {
                said.put(setting.name(), List.of("true"));
            }
        }
        return said;
    }
}
