package smelt.cli;

import smelt.bench.Spread;
import smelt.bench.StartupReport;
import smelt.store.Sizes;

/** What {@code smelt bench --startup} found, for people. */
final class StartupTable {
    private StartupTable() {}

    static String text(StartupReport report) {
        Table head = new Table("MODEL", report.model());
        head.row("cpu", report.cpu() + ", " + report.tier() + ", " + report.threads() + " threads");
        Table times = new Table("FROM THE START OF THE PROCESS", ">SECONDS", ">LOWEST", ">HIGHEST");
        row(times, "to the first token", report.firstTokenSeconds());
        row(times, "to the first token, kernels to compile", report.firstTimeSeconds());
        row(times, "to its end", report.wholeSeconds());
        return head + "\n" + times + "\n" + memory(report.memory()) + BenchTable.notes(report.remarks().stream());
    }

    private static void row(Table table, String what, Spread seconds) {
        table.row(
                what,
                BenchTable.number(seconds.median()),
                BenchTable.number(seconds.lowest()),
                BenchTable.number(seconds.highest()));
    }

    private static String memory(StartupReport.Memory memory) {
        Table table = new Table("RESIDENT AT THE FIRST TOKEN", "");
        memory.residentBytes().ifPresent(bytes -> table.row("in all", Sizes.text(bytes)));
        table.row("weights", Sizes.text(memory.weightBytes()));
        memory.residentAboveBytes()
                .ifPresent(bytes -> table.row(
                        "above them",
                        Sizes.text(bytes)
                                + memory.residentFileBytes()
                                        .map(files -> ", " + Sizes.text(files) + " of files")
                                        .orElse("")));
        return table.toString();
    }
}
