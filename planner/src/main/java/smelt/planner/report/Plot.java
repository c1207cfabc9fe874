package smelt.planner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Points and lines as SVG that needs no script; marks tell their values when pointed at. */
final class Plot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 380;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 14;
    private static final int BOTTOM = 52;
    private static final int LEGEND_LINE = 18;

    /** Told apart by people who see colours differently (Okabe and Ito). */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444");

    private final Axis x;
    private final Axis y;
    private final StringBuilder marks = new StringBuilder();
    private final List<String> legend = new ArrayList<>();

    Plot(Axis x, Axis y) {
        this.x = x;
        this.y = y;
    }

    /** Equal names have equal colours. */
    private String colour(String name) {
        int known = legend.indexOf(name);
        if (known < 0) {
            known = legend.size();
            legend.add(name);
        }
        return COLOURS.get(known % COLOURS.size());
    }

    Plot point(String series, double atX, double atY, boolean strong, String title) {
        if (isDrawn(atX, atY)) {
            String paint = strong
                    ? "fill=\"" + colour(series) + "\""
                    : "fill=\"none\" stroke=\"" + colour(series) + "\" stroke-opacity=\"0.6\"";
            marks.append(format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" ", px(atX), py(atY), strong ? "6" : "3.5"))
                    .append(paint)
                    .append("><title>")
                    .append(Html.escaped(title))
                    .append("</title></circle>\n");
        }
        return this;
    }

    Plot line(String series, double[] xs, double[] ys) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < xs.length; i++) {
            if (isDrawn(xs[i], ys[i])) {
                path.append(format("%s%.1f %.1f ", path.isEmpty() ? "M" : "L", px(xs[i]), py(ys[i])));
            }
        }
        marks.append("<path fill=\"none\" stroke-width=\"2.2\" stroke=\"")
                .append(colour(series))
                .append("\" d=\"")
                .append(path.toString().strip())
                .append("\"><title>")
                .append(Html.escaped(series))
                .append("</title></path>\n");
        return this;
    }

    private boolean isDrawn(double atX, double atY) {
        double placeX = x.place(atX);
        double placeY = y.place(atY);
        return placeX >= -1e-9 && placeX <= 1 + 1e-9 && placeY >= -1e-9 && placeY <= 1 + 1e-9;
    }

    private double px(double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private double py(double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - BOTTOM - TOP);
    }

    String svg() {
        int height = HEIGHT + LEGEND_LINE * legend.size() + 6;
        StringBuilder out = new StringBuilder(format(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
                WIDTH, height, Html.escaped(y.title() + " over " + x.title())));
        frame(out);
        out.append(marks);
        for (int i = 0; i < legend.size(); i++) {
            int line = HEIGHT + LEGEND_LINE * i + 8;
            out.append(format(
                    "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\"/>"
                            + "<text x=\"%d\" y=\"%d\">%s</text>\n",
                    LEFT, line, COLOURS.get(i % COLOURS.size()), LEFT + 20, line + 10, Html.escaped(legend.get(i))));
        }
        return out.append("</svg>\n").toString();
    }

    private void frame(StringBuilder out) {
        int floor = HEIGHT - BOTTOM;
        for (double tick : x.ticks()) {
            out.append(format(
                    "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>"
                            + "<text class=\"tick\" text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                    px(tick),
                    TOP,
                    px(tick),
                    floor,
                    px(tick),
                    floor + 17,
                    Html.escaped(x.text().apply(tick))));
        }
        for (double tick : y.ticks()) {
            out.append(format(
                    "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>"
                            + "<text class=\"tick\" text-anchor=\"end\" x=\"%d\" y=\"%.1f\">%s</text>\n",
                    LEFT,
                    py(tick),
                    WIDTH - RIGHT,
                    py(tick),
                    LEFT - 6,
                    py(tick) + 4,
                    Html.escaped(y.text().apply(tick))));
        }
        out.append(format(
                "<text text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text>\n"
                        + "<text text-anchor=\"middle\" transform=\"translate(14 %d) rotate(-90)\">%s</text>\n",
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 12,
                Html.escaped(x.title()),
                (TOP + floor) / 2,
                Html.escaped(y.title())));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
