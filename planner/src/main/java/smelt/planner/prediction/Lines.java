package smelt.planner.prediction;

import java.util.List;

/** A file of measurements: its header, and its lines in their order. */
record Lines(List<String> header, List<Line> lines) {
    Lines {
        header = List.copyOf(header);
        lines = List.copyOf(lines);
    }
}
