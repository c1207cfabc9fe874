package smelt.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.choice.Planner;
import smelt.planner.choice.QuestionReader;
import smelt.planner.report.ComparisonPage;
import smelt.planner.time.Forecaster;

/** {@code smelt plan compare}. */
@Command(
        name = "compare",
        header = "Put devices side by side for one model: cards needed, speed, money, energy, training.",
        descriptionHeading = "%n",
        description = "Prints a page of Markdown.",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = "  smelt plan compare --model llama-2-70b --on RTX4090,H100")
final class PlanCompareCommand implements Callable<Integer> {
    @Option(names = "--model", paramLabel = "MODEL", required = true, description = "As of smelt plan.")
    String model = "";

    @Option(names = "--on", paramLabel = "DEVICE", required = true, split = ",", description = "Devices to compare.")
    List<String> devices = List.of();

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            defaultValue = "chat",
            description = "As of smelt plan (default: ${DEFAULT-VALUE}).")
    String workload = "chat";

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Supplier<Forecaster> forecaster;

    PlanCompareCommand(Supplier<Forecaster> forecaster) {
        this.forecaster = forecaster;
    }

    @Override
    public Integer call() {
        try (StatusLine status = StatusLine.on(spec.commandLine().getErr())) {
            Map<String, List<String>> said = new LinkedHashMap<>();
            said.put("model", List.of(model));
            said.put("on", devices);
            said.put("workload", List.of(workload));
            List<String> owned = new ArrayList<>();
            devices.forEach(d -> owned.add("8x" + d));
            said.put("own", owned);
            said.put("clouds", List.of("any"));
            said.put("buy", List.of("true"));
            String command = "smelt plan compare --model " + model + " --on " + String.join(",", devices)
                    + (workload.equals("chat") ? "" : " --workload " + workload);
            spec.commandLine()
                    .getOut()
                    .print(ComparisonPage.markdown(
                            QuestionReader.read(said, Catalogue.builtIn()),
                            new Planner(forecaster.get()),
                            PlanProgress.on(status),
                            command));
            return 0;
        } catch (Failure e) {
            return PlanComplaints.about(e, spec.commandLine().getErr());
        }
    }
}
