package smelt.planner.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import smelt.planner.choice.Texts;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How far off forecasts were of measurements that took no part in fitting: the error board, as it was last made. */
final class ErrorBoardSection {
    private static final String RESOURCE = "/smelt/planner/error-board.json";
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
        for (JsonNode line : board().path("lines").values()) {
            boolean isPart = line.path("partition").asString("").contains(",");
            (isPart ? parts : whole).add(row(line));
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

    private static List<String> row(JsonNode line) {
        List<String> cells = new ArrayList<>();
        cells.add(line.path("split").asString(""));
        cells.add(line.path("partition").asString(""));
        cells.add(Texts.number(line.path("rows").asDouble(0)));
        for (String name : List.of(
                "tpotMedian", "tpotP90", "tpotCoverage", "ttftMedian", "ttftP90", "ttftCoverage", "throughputMedian")) {
            cells.add(Texts.number(100 * line.path(name).asDouble(Double.NaN)) + "%");
        }
        return cells;
    }

    private static JsonNode board() {
        try (InputStream in = ErrorBoardSection.class.getResourceAsStream(RESOURCE)) {
            return in == null
                    ? JsonMapper.shared().createObjectNode()
                    : JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
