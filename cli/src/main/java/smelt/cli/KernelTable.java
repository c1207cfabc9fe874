package smelt.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import smelt.bench.KernelReport;

/** What {@code smelt bench --kernels} found, for people. */
final class KernelTable {
    private KernelTable() {}

    static String text(KernelReport report) {
        Table head = new Table("MODEL", report.model());
        head.row("cpu", report.cpu() + ", " + report.tier() + ", " + report.threads() + " threads");
        return head
                + report.steps().stream().map(KernelTable::step).collect(Collectors.joining())
                + """

                N calls of a kernel in a step take MS milliseconds, that is % of all, and at
                the machine's limits LEAST; what is above that is GAP% of the step's whole gap.
                """
                + BenchTable.notes(report.remarks().stream());
    }

    private static String step(KernelReport.Step step) {
        KernelReport.Limits limits = step.limits();
        double gap = step.kernels().stream().mapToDouble(KernelTable::gap).sum();
        Table table = new Table("KERNEL", ">N", ">MS", ">%", ">GB/S", ">TOPS", ">GFLOPS", ">LEAST", ">GAP%");
        for (KernelReport.Kernel kernel : step.kernels()) {
            table.row(
                    kernel.kernel(),
                    Long.toString(kernel.calls()),
                    time(kernel.milliseconds()),
                    percent(kernel.share()),
                    rate(kernel.gbPerSecond()),
                    rate(kernel.tops()),
                    rate(kernel.gflops()),
                    time(kernel.leastMilliseconds()),
                    percent(gap > 0 ? gap(kernel) / gap : 0));
        }
        table.row("sum", "", time(step.kernelMilliseconds()), "", "", "", "", time(step.leastMilliseconds()));
        table.row(
                "the machine's limits",
                "",
                "",
                "",
                rate(Optional.of(limits.memoryReadGbPerSecond())),
                rate(limits.int8Tops()),
                rate(Optional.of(limits.f32Gflops())));
        return String.format(
                Locale.ROOT,
                "%n%s: %s ms in one piece (spread %s%%)%n%s",
                step.step(),
                time(step.milliseconds().median()),
                percent(step.milliseconds().spread()),
                table);
    }

    /** Milliseconds above the least. */
    private static double gap(KernelReport.Kernel kernel) {
        return Math.max(0, kernel.milliseconds() - kernel.leastMilliseconds());
    }

    private static String time(double milliseconds) {
        return String.format(Locale.ROOT, milliseconds < 10 ? "%.3f" : "%.1f", milliseconds);
    }

    private static String rate(Optional<Double> rate) {
        return rate.map(value -> String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value))
                .orElse("");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f", 100 * share);
    }
}
