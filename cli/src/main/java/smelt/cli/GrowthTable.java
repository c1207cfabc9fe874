package smelt.cli;

import java.util.Locale;
import smelt.bench.GrowthReport;

/** What {@code smelt bench --growth} found, for people. */
final class GrowthTable {
    private GrowthTable() {}

    static String text(GrowthReport report) {
        Table head = new Table("MODEL", report.model());
        head.row("cpu", report.cpu() + ", " + report.tier() + ", " + report.threads() + " threads");
        return head
                + prefill(report)
                + """
                LINE is a time for each token and one for each operation of its attention, laid
                through all lengths: prefill that stays on it grows with its work and no faster.
                """
                + decode(report)
                + """
                LEAST is reading MB of weights, keys and values at the memory's rate.
                """
                + threads(report)
                + """
                INT8 and MEMORY are what dots of bytes and reading gain by the same threads.
                """
                + BenchTable.notes(report.remarks().stream());
    }

    private static String prefill(GrowthReport report) {
        Table table = new Table("PREFILL", ">TOKENS/S", ">SPREAD", ">MS", ">LINE", ">OFF", ">ATTENTION");
        for (GrowthReport.Prompt prompt : report.prompts()) {
            double off = prompt.prefillMilliseconds() / prompt.line() - 1;
            table.row(
                    prompt.tokens() + " tokens",
                    BenchTable.number(prompt.prefillTokensPerSecond().median()),
                    BenchTable.percent(prompt.prefillTokensPerSecond().spread()),
                    BenchTable.number(prompt.prefillMilliseconds()),
                    BenchTable.number(prompt.line()),
                    String.format(Locale.ROOT, "%+.0f%%", 100 * off),
                    BenchTable.percent(prompt.attentionShare()));
        }
        return "\n" + table;
    }

    private static String decode(GrowthReport report) {
        Table table = new Table("DECODE", ">TOKENS/S", ">SPREAD", ">MS", ">MB", ">LEAST", ">OF BANDWIDTH");
        for (GrowthReport.Prompt prompt : report.prompts()) {
            table.row(
                    "after " + prompt.tokens(),
                    BenchTable.number(1e3 / prompt.decodeMilliseconds().median()),
                    BenchTable.percent(prompt.decodeMilliseconds().spread()),
                    BenchTable.number(prompt.decodeMilliseconds().median()),
                    BenchTable.number(prompt.decodeBytes() / 1e6),
                    BenchTable.number(prompt.decodeLeastMilliseconds()),
                    BenchTable.percent(prompt.decodeShareOfBandwidth()));
        }
        return "\n" + table;
    }

    private static String threads(GrowthReport report) {
        Table table = new Table("THREADS", ">PREFILL", ">GAIN", ">INT8", ">DECODE", ">GAIN", ">MEMORY");
        for (GrowthReport.Threads of : report.byThreads()) {
            table.row(
                    Integer.toString(of.threads()),
                    BenchTable.number(of.prefillTokensPerSecond().median()),
                    gain(of.prefillRatio()),
                    gain(of.int8Ratio()),
                    BenchTable.number(of.decodeTokensPerSecond().median()),
                    gain(of.decodeRatio()),
                    gain(of.memoryRatio()));
        }
        return "\n" + table;
    }

    private static String gain(double ratio) {
        return ratio == 0 ? "-" : String.format(Locale.ROOT, "%.2f x", ratio);
    }
}
