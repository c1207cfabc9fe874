package smelt.planner.report;

import java.util.ArrayList;
import java.util.List;
import smelt.planner.choice.Texts;
import smelt.planner.prediction.ErrorBoard;

/** How far off forecasts were of measurements that took no part in fitting: the error board, as it was last made. */
final class ErrorBoardSection {
    private static final List<String> HEADS = List.of(
            "not seen in fitting",
            "measurements",
            ">rows",
            ">TPOT median",
            ">90%",
            ">within interval",
            ">TTFT median",
            ">90%",
            ">within interval",
            ">tokens/s median");

    private ErrorBoardSection() {}

    static String html() {
        List<List<String>> whole = new ArrayList<>();
        List<List<String>> parts = new ArrayList<>();
        for (ErrorBoard.Line line : ErrorBoard.builtIn().lines()) {
            (line.partition().contains(",") ? parts : whole).add(row(line));
        }
        if (whole.isEmpty()) {
            return Html.paragraph("No error board comes with this build: take the intervals as guesses.");
        }
        return Html.paragraph("Errors as shares of what was measured, of measurements that took no part in fitting: "
                        + "half were less far off than the median, nine of ten less than 90%. Intervals should hold "
                        + "nine of ten.")
                + Html.table(HEADS, whole)
                + "<details><summary>By engine, device, layout, type, length and load</summary>\n"
                + Html.table(HEADS, parts)
                + "</details>\n";
    }

    private static List<String> row(ErrorBoard.Line line) {
        return List.of(
                line.split(),
                line.partition(),
                Texts.number(line.rows()),
                percent(line.tpotMedian()),
                percent(line.tpotP90()),
                percent(line.tpotCoverage()),
                percent(line.ttftMedian()),
                percent(line.ttftP90()),
                percent(line.ttftCoverage()),
                percent(line.throughputMedian()));
    }

    private static String percent(double share) {
        return Texts.number(100 * share) + "%";
    }
}
