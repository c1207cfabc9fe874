package smelt.planner.report;

import java.util.ArrayList;
import java.util.List;
import smelt.planner.choice.Texts;
import smelt.planner.prediction.PublishedBoard;

/** Figures that others published beside their forecasts, as they were last compared. */
final class PublishedSection {
    private static final List<String> HEADS =
            List.of("by", "part", ">figures", ">median", ">largest", ">bias", ">within interval");
    private static final List<String> ENTRY_HEADS = List.of(
            "source", "date", "what", "quantity", ">published", ">forecast", ">from", ">to", ">watts", ">forecast");

    private PublishedSection() {}

    static String html() {
        PublishedBoard board = PublishedBoard.builtIn();
        return Html.paragraph(
                        "Figures that others published, none of which took part in fitting; priors of engines and "
                                + "devices without measurements (llama.cpp, AMD, Gaudi, processors) were rounded by "
                                + "them. Shares of the published speed; a bias above 0 is hope that was too high.")
                + Html.table(
                        HEADS,
                        board.lines().stream().map(PublishedSection::line).toList())
                + "<details><summary>Each figure</summary>\n"
                + Html.table(
                        ENTRY_HEADS,
                        board.entries().stream().map(PublishedSection::entry).toList())
                + "</details>\n";
    }

    private static List<String> line(PublishedBoard.Line l) {
        return List.of(
                l.by(),
                l.part(),
                Texts.number(l.rows()),
                percent(l.median()),
                percent(l.worst()),
                percent(l.bias()),
                percent(l.coverage()));
    }

    private static String percent(double share) {
        return Math.round(100 * share) + "%";
    }

    private static List<String> entry(PublishedBoard.Entry e) {
        boolean fits = e.forecast() > 0;
        boolean metered = e.watts() > 0;
        List<String> cells = new ArrayList<>(List.of(e.source(), e.published(), e.what(), e.unit()));
        cells.add(Texts.number(e.value()));
        cells.add(fits ? Texts.number(e.forecast()) : "does not fit");
        cells.add(fits ? Texts.number(e.low()) : "");
        cells.add(fits ? Texts.number(e.high()) : "");
        cells.add(metered ? Texts.number(e.watts()) : "");
        cells.add(metered ? Texts.number(e.wattsForecast()) : "");
        return cells;
    }
}
