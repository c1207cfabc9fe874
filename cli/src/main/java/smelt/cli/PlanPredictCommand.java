package smelt.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.measurement.CorrectedForecaster;
import smelt.planner.prediction.Predictions;
import smelt.planner.time.Forecaster;

/** {@code smelt plan predict}. */
@Command(
        name = "predict",
        header = "Forecast each line of a file of measurements.",
        descriptionHeading = "%n",
        description = "Writes the rows back as CSV with ttft_ms, tpot_ms, the bounds of their intervals of 90%% "
                + "(ttft_ms_low, ttft_ms_high, tpot_ms_low, tpot_ms_high), fits and saturated. Measured times in the "
                + "rows are not looked at. Rows of a model, a device or a format that is not known come back with "
                + "these fields empty, and standard error tells why; the exit code is 2 where not one row has a "
                + "forecast. A file that is no such CSV is refused, with row and column, and nothing is written.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt plan predict rows.csv > forecasts.csv",
            "  smelt plan predict rows.csv --measurements vllm.json@2xL40S:fp8"
        })
final class PlanPredictCommand implements Callable<Integer> {
    private static final int MOST_GAPS = 5;

    @Parameters(
            paramLabel = "ROWS.csv",
            description = "With the columns of aiconfigurator's measurements (model_path, system, backend, isl, osl, "
                    + "concurrency or batch_size, ...); - "
                    + "reads standard input.")
    String file = "";

    @Option(
            names = "--measurements",
            paramLabel = "FILE[@NxDEVICE:WEIGHTS]",
            split = ",",
            description = "Results that correct the forecasts, as of smelt plan.")
    List<String> measurements = List.of();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Reader rows = new StringReader(TextInput.read(file))) {
            PrintWriter err = spec.commandLine().getErr();
            Forecaster told = PlanForecaster.corrected(
                    PlanForecaster.open(), Map.of("measurements", measurements), Catalogue.builtIn());
            tell(Predictions.run(told, rows, out), err);
            if (told instanceof CorrectedForecaster corrected) {
                corrected.sentences().forEach(sentence -> err.println("smelt: " + sentence));
            }
            PlanForecaster.tellUnasked(told, err);
            return 0;
        } catch (Failure e) {
            return PlanComplaints.about(e, spec.commandLine().getErr());
        }
    }

    private static void tell(Predictions.Result result, PrintWriter err) {
        List<Predictions.Gap> gaps = result.unknown();
        if (gaps.isEmpty()) {
            return;
        }
        err.println("smelt: " + result.empty() + " of " + result.rows() + " rows have no forecast:");
        gaps.stream()
                .limit(MOST_GAPS)
                .forEach(gap -> err.println("       row " + gap.first() + ", " + gap.reason()
                        + (gap.rows() == 1 ? "" : " (" + gap.rows() + " rows)")));
        if (gaps.size() > MOST_GAPS) {
            err.println("       and others of " + (gaps.size() - MOST_GAPS) + " other reasons");
        }
        err.flush();
    }
}
