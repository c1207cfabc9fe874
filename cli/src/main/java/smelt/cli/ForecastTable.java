package smelt.cli;

import java.util.Locale;
import smelt.planner.calibration.MachineCalibration;
import smelt.planner.calibration.MachineForecast;
import smelt.planner.time.Interval;

/** Forecasts for this machine, and what they rest on, for people. */
final class ForecastTable {
    static final String MEMORY = "peak memory, MB";

    private ForecastTable() {}

    static String text(MachineCalibration calibration) {
        Table table = new Table("products of", ">GB/s near", ">GB/s from memory", ">512 rows, 10^12 op/s");
        for (MachineCalibration.Rate rate : calibration.rates()) {
            table.row(
                    rate.kind(),
                    number(rate.nearBytesPerSecond() / 1e9),
                    number(rate.farBytesPerSecond() / 1e9),
                    number(rate.operationsPerSecond() / 1e12));
        }
        return calibration.cpu() + ", " + calibration.instructions() + ", " + calibration.threads()
                + " threads; memory " + number(calibration.readBytesPerSecond() / 1e9) + " GB/s\n" + table;
    }

    static String text(String model, MachineCalibration calibration, MachineForecast forecast) {
        Table table = new Table(model, ">forecast", ">low", ">high");
        forecast.speeds().forEach((name, speed) -> row(table, name + ", tok/s", speed, 1));
        row(table, MEMORY, forecast.residentBytes(), 1e6);
        StringBuilder text = new StringBuilder(table.toString());
        forecast.remarks().forEach(remark -> text.append(remark).append('\n'));
        return text + "low to high: 90%; calibrated on " + calibration.date() + "\n";
    }

    private static void row(Table table, String name, Interval interval, double unit) {
        table.row(name, number(interval.value() / unit), number(interval.low() / unit), number(interval.high() / unit));
    }

    static String text(PlanHereCommand.Check check) {
        Table table = new Table("checked", ">forecast", ">measured", ">off", ">within 90%");
        for (PlanHereCommand.Checked each : check.figures()) {
            double unit = each.figure().equals(MEMORY) ? 1e6 : 1;
            table.row(
                    each.figure(),
                    number(each.forecast() / unit),
                    number(each.measured() / unit),
                    String.format(Locale.ROOT, "%+.1f%%", 100 * each.error()),
                    each.withinInterval() ? "yes" : "no");
        }
        return table
                + check.memoryReadGbPerSecond()
                        .map(rate -> machine(rate, check))
                        .orElse("");
    }

    /** Forecasts hold for the machine as it was: where others use its memory, decode is as much slower. */
    private static String machine(double rate, PlanHereCommand.Check check) {
        return "the machine's memory gave " + number(rate) + " GB/s at best meanwhile, "
                + number(check.calibratedGbPerSecond()) + " when it was calibrated\n";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.1f", value);
    }
}
