package smelt.cli;

import java.util.Locale;
import smelt.bench.Spread;
import smelt.bench.TypesReport;

/** What {@code smelt bench-types} found, for people. */
final class TypesTable {
    private TypesTable() {}

    static String text(TypesReport report) {
        Spread read = report.memoryReadGbPerSecond();
        return String.format(
                        Locale.ROOT,
                        "%s, %s, %d threads; matrices of %d x %d; medians of %d rounds%n"
                                + "memory read %.1f GB/s between them (%.1f to %.1f)%n%n",
                        report.cpu(),
                        report.tier(),
                        report.threads(),
                        report.size(),
                        report.size(),
                        report.rounds(),
                        read.median(),
                        read.lowest(),
                        read.highest())
                + table(report);
    }

    private static String table(TypesReport report) {
        Table table = new Table(
                "TYPE",
                ">BITS",
                ">PACKED",
                ">GB/S, 1 ROW",
                ">SPREAD",
                ">OF FASTEST",
                ">OF BANDWIDTH",
                ">GB/S OF FILE",
                ">OF FASTEST",
                ">GMAC/S, " + report.prefillRows() + " ROWS",
                ">OF FASTEST");
        for (TypesReport.Row row : report.types()) {
            table.row(
                    row.type(),
                    number("%.2f", row.bits()),
                    number("%.2f", row.packedBits()),
                    number("%.1f", row.decode().median()),
                    percent(row.decode().spread()),
                    percent(row.ofFastest()),
                    percent(row.ofBandwidth().median()),
                    number("%.1f", row.fileGbPerSecond()),
                    percent(row.fileOfFastest()),
                    row.prefill().map(p -> number("%.0f", p.median())).orElse("-"),
                    row.prefillOfFastest().map(TypesTable::percent).orElse(""));
        }
        return table.toString();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String percent(double share) {
        return number("%.0f%%", 100 * share);
    }
}
