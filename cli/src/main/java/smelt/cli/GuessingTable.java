package smelt.cli;

import java.util.Locale;
import smelt.bench.GuessingReport;

/** What {@code smelt bench --speculation} found, for people. */
final class GuessingTable {
    private GuessingTable() {}

    static String text(GuessingReport report) {
        Table head = new Table("MODEL", report.model());
        head.row("cpu", report.cpu() + ", " + report.tier() + ", " + report.threads() + " threads");
        report.draft().ifPresent(draft -> head.row("draft", draft));
        Table table = new Table(
                "TEXT",
                ">PLAIN",
                ">GUESSING",
                ">RATIO",
                ">SPREAD",
                ">GUESSES",
                ">RIGHT",
                ">OF DRAFT",
                ">RIGHT",
                "BITS");
        for (GuessingReport.Text text : report.texts()) {
            table.row(
                    text.name(),
                    BenchTable.number(text.plainTokensPerSecond().median()),
                    BenchTable.number(text.guessingTokensPerSecond().median()),
                    String.format(Locale.ROOT, "%.2f x", text.ratio().median()),
                    BenchTable.percent(text.ratio().spread()),
                    Long.toString(text.proposed()),
                    share(text.accepted(), text.proposed()),
                    Long.toString(text.drafted()),
                    share(text.draftsAccepted(), text.drafted()),
                    text.same() ? "same" : "DIFFERENT");
        }
        return head + "\n" + table + """
                Tokens a second of one user; RATIO is the median of runs one after the other.
                """ + BenchTable.notes(report.remarks().stream());
    }

    private static String share(long right, long all) {
        return all == 0 ? "" : BenchTable.percent((double) right / all);
    }
}
