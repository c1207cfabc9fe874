package smelt.cli;

import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import smelt.bench.Holdings;
import smelt.bench.SoakReport;
import smelt.engine.Metrics;
import smelt.store.Sizes;

/** What {@code smelt bench --soak} found, for people. */
final class SoakTable {
    private SoakTable() {}

    static String text(SoakReport report) {
        Metrics metrics = report.metrics();
        Table head = new Table("MODEL", report.model());
        head.row("cpu", report.cpu() + ", " + report.tier() + ", " + report.threads() + " threads");
        head.row(
                "load",
                String.format(
                        Locale.ROOT, "%d users for %.0f s, seed %d", report.users(), report.seconds(), report.seed()));
        head.row(
                "answers",
                new TreeMap<>(report.ends())
                        .entrySet().stream()
                                .map(end -> end.getValue() + " " + end.getKey())
                                .collect(Collectors.joining(", ")));
        head.row("compared", report.checked() + " with what they are alone, " + report.wrong() + " are other bits");
        head.row(
                "engine",
                metrics.generatedTokens() + " tokens in " + metrics.steps() + " steps, " + metrics.preemptions()
                        + " preemptions, " + metrics.interruptions() + " interruptions, " + metrics.cachedTokens()
                        + " prompt tokens of " + metrics.promptTokens() + " from the cache, " + metrics.acceptedTokens()
                        + " right guesses, " + report.snapshots() + " snapshots");
        Table table = new Table("HELD", ">AFTER THE WARM-UP", ">AT THE END");
        Holdings early = report.early();
        Holdings late = report.late();
        table.row("resident memory", Sizes.text(early.residentBytes()), Sizes.text(late.residentBytes()));
        table.row("Java heap", Sizes.text(early.heapBytes()), Sizes.text(late.heapBytes()));
        table.row("native memory", Sizes.text(early.nativeBytes()), Sizes.text(late.nativeBytes()));
        table.row("threads", Long.toString(early.threads()), Long.toString(late.threads()));
        table.row("open files", Long.toString(early.files()), Long.toString(late.files()));
        String verdict = report.holds()
                ? "It holds: resident memory %+.2f%%, nothing leaked, no answer changed\n"
                : "It does not hold: resident memory %+.2f%%\n";
        return head + "\n" + table + "\n" + String.format(Locale.ROOT, verdict, 100 * report.growth())
                + BenchTable.notes(report.problems().stream());
    }
}
