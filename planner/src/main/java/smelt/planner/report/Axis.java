package smelt.planner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/**
 * One direction of a plot.
 *
 * @param text of a value, at its tick
 */
record Axis(String title, double low, double high, boolean logarithmic, DoubleFunction<String> text) {
    private static final int TICKS = 6;

    /** From the least to the greatest value with a margin; logarithmic where they span more than a factor of 8. */
    static Axis of(String title, DoubleStream values, DoubleFunction<String> text) {
        double[] all = values.filter(v -> Double.isFinite(v) && v > 0).sorted().toArray();
        double least = all.length == 0 ? 1 : all[0];
        double most = all.length == 0 ? 1 : all[all.length - 1];
        if (most / least > 8) {
            return new Axis(title, least / 1.3, most * 1.3, true, text);
        }
        return new Axis(title, 0, most * 1.1, false, text);
    }

    /** 0 at the beginning, 1 at the end. */
    double place(double value) {
        return logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    }

    List<Double> ticks() {
        return logarithmic ? powers() : steps();
    }

    private List<Double> steps() {
        double rough = (high - low) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = DoubleStream.of(1, 2, 5, 10)
                .map(m -> m * power)
                .filter(s -> s >= rough)
                .findFirst()
                .orElse(10 * power);
        List<Double> all = new ArrayList<>();
        for (int i = (int) Math.ceil(low / step); i * step <= high * (1 + 1e-9); i++) {
            all.add(i * step);
        }
        return all;
    }

    private List<Double> powers() {
        boolean dense = high / low < 2000;
        List<Double> all = new ArrayList<>();
        for (int exponent = (int) Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
            for (double mantissa : dense ? new double[] {1, 2, 5} : new double[] {1}) {
                double value = mantissa * Math.pow(10, exponent);
                if (value >= low && value <= high) {
                    all.add(value);
                }
            }
        }
        return all;
    }
}
