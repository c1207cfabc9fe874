package smelt.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.planner.choice.Fits;
import smelt.planner.choice.Texts;
import smelt.planner.time.Forecaster;

/** {@code smelt plan fits}. */
@Command(
        name = "fits",
        header = "Tell whether a model has room on given devices.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt plan fits llama-3.1-405b --on 4xH100 --weights bf16",
            "  smelt plan fits qwen3-32b --on 2xRTX4090 --input 8192 --json"
        })
final class PlanFitsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "As of smelt plan.")
    String model = "";

    @Option(names = "--on", paramLabel = "NxDEVICE", required = true, description = "4xH100; all of them are used.")
    String on = "";

    @Option(names = "--weights", paramLabel = "FORMAT", split = ",", description = "As of smelt plan.")
    List<String> weights = List.of();

    @Option(
            names = "--input",
            paramLabel = "TOKENS",
            defaultValue = "2048",
            description = "Tokens of each request (default: ${DEFAULT-VALUE}).")
    String input = "2048";

    @Option(names = "--json", description = "Print the answer as JSON.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Supplier<Forecaster> forecaster;

    PlanFitsCommand(Supplier<Forecaster> forecaster) {
        this.forecaster = forecaster;
    }

    @Override
    public Integer call() {
        try {
            List<Fits> all = Fits.of(
                    Map.of(
                            "model", List.of(model),
                            "own", List.of(on),
                            "weights", weights,
                            "input", List.of(input)),
                    forecaster.get());
            PrintWriter out = spec.commandLine().getOut();
            out.print(json ? Json.pretty(all) + "\n" : table(all).toString());
            return 0;
        } catch (Failure e) {
            return PlanComplaints.about(e, spec.commandLine().getErr());
        }
    }

    private static Table table(List<Fits> all) {
        Table table =
                new Table("layout", "weights", "fits", ">GB weights", ">GB else", ">GB of device", ">tokens of KV");
        for (Fits one : all) {
            table.row(
                    one.layout(),
                    one.weights(),
                    one.fits() ? "yes" : "no",
                    Texts.number(one.memory().weightBytes() / 1e9),
                    Texts.number((one.memory().activationBytes() + one.memory().overheadBytes()) / 1e9),
                    Texts.number(one.memory().availableBytes() / 1e9),
                    Texts.number(Math.max(0, one.memory().kvRoomTokens())));
        }
        return table;
    }
}
