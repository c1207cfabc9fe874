package smelt.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.planner.prediction.Predictions;

/** {@code smelt plan predict}. */
@Command(
        name = "predict",
        header = "Forecast each line of a file of measurements.",
        descriptionHeading = "%n",
        description = "Writes the rows back as CSV with ttft_ms, tpot_ms, the bounds of their intervals of 90% "
                + "(ttft_ms_low, ttft_ms_high, tpot_ms_low, tpot_ms_high), fits and saturated. Measured times in the "
                + "rows are not looked at.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = "  smelt plan predict rows.csv > forecasts.csv")
final class PlanPredictCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "ROWS.csv",
            description = "With the columns of aiconfigurator's measurements (model_path, system, backend, ...); - "
                    + "reads standard input.")
    String file = "";

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Reader rows = new StringReader(TextInput.read(file))) {
            Predictions.run(rows, out);
            return 0;
        } catch (Failure e) {
            return PlanComplaints.about(e, spec.commandLine().getErr());
        }
    }
}
