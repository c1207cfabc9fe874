package smelt.planner.prediction;

import java.util.List;

/** A file of measurements: its header, and its lines in their order. */
public record Rows(List<String> header, List<Row> rows) {
    public Rows {
        header = List.copyOf(header);
        rows = List.copyOf(rows);
    }
}
