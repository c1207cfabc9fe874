package smelt.cli;

import java.util.Locale;
import smelt.bench.GuessingReport;

/** What {@code smelt bench --speculation} found, for people. */
final class GuessingTable {
    private GuessingTable() {}

    static String text(GuessingReport report) {
        Table head = new Table("MODEL", report.model());
        head.row("cpu", report.cpu() + ", " + report.tier() + ", " + report.threads() + " threads");
        Table table = new Table("TEXT", ">PLAIN", ">GUESSING", ">RATIO", ">SPREAD", ">GUESSES", ">RIGHT", "BITS");
        for (GuessingReport.Text text : report.texts()) {
            table.row(
                    text.name(),
                    BenchTable.number(text.plainTokensPerSecond().median()),
                    BenchTable.number(text.guessingTokensPerSecond().median()),
                    String.format(Locale.ROOT, "%.2f x", text.ratio().median()),
                    BenchTable.percent(text.ratio().spread()),
                    Long.toString(text.proposed()),
                    text.proposed() == 0 ? "" : BenchTable.percent(text.acceptedShare()),
                    text.same() ? "same" : "DIFFERENT");
        }
        return head + "\n" + table + """
                Tokens a second of one user; RATIO is the median of runs one after the other.
                """ + BenchTable.notes(report.remarks().stream());
    }
}
