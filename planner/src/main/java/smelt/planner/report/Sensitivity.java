package smelt.planner.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import smelt.planner.choice.Bill;
import smelt.planner.choice.Choice;
import smelt.planner.choice.Economy;
import smelt.planner.choice.Plan;
import smelt.planner.choice.Supply;
import smelt.planner.choice.Texts;
import smelt.planner.time.Interval;

/** How the price of a million tokens moves when one assumption is wrong. */
final class Sensitivity {
    private static final int WIDTH = 760;
    private static final int LABEL = 240;
    private static final int LINE = 30;
    private static final int VALUE = 140;
    private static final double PRICE = 1.3;

    private final Choice choice;
    private final Plan plan;
    private final double usual;

    Sensitivity(Choice choice) {
        this.choice = choice;
        plan = choice.best();
        usual = perMillion(choice.question().economy());
    }

    /** Cost when something is at its lower and at its upper end. */
    private record Bar(String name, double low, double high) {
        double span() {
            return Math.abs(high - low);
        }
    }

    private double perMillion(Economy economy) {
        return Bill.perMillion(plan, choice.question().demand(), economy);
    }

    private List<Bar> bars() {
        Economy e = choice.question().economy();
        List<Bar> all = new ArrayList<>();
        double less = e.utilisation() / 2;
        double more = Math.min(1, e.utilisation() * 2);
        all.add(new Bar(
                "mean load " + percent(less) + " to " + percent(more),
                perMillion(new Economy(e.years(), e.dollarsPerKwh(), e.pue(), less)),
                perMillion(new Economy(e.years(), e.dollarsPerKwh(), e.pue(), more))));
        Interval speed = plan.forecast().tokensPerSecond();
        all.add(new Bar(
                "speed, 90% of cases", usual * speed.value() / speed.low(), usual * speed.value() / speed.high()));
        if (plan.supply() instanceof Supply.Rented) {
            all.add(new Bar("rent 30% down or up", usual / PRICE, usual * PRICE));
        } else {
            addOwned(all, e);
        }
        all.sort(Comparator.comparingDouble(Bar::span).reversed());
        return all;
    }

    private void addOwned(List<Bar> all, Economy e) {
        all.add(new Bar(
                "electricity at half or twice the price",
                perMillion(new Economy(e.years(), e.dollarsPerKwh() / 2, e.pue(), e.utilisation())),
                perMillion(new Economy(e.years(), e.dollarsPerKwh() * 2, e.pue(), e.utilisation()))));
        if (plan.cost().purchase() > 0) {
            all.add(new Bar(
                    "written off over " + Texts.number(e.years() + 2) + " or "
                            + Texts.number(Math.max(1, e.years() - 1)) + " years",
                    perMillion(new Economy(e.years() + 2, e.dollarsPerKwh(), e.pue(), e.utilisation())),
                    perMillion(new Economy(Math.max(1, e.years() - 1), e.dollarsPerKwh(), e.pue(), e.utilisation()))));
            double capital =
                    plan.cost().purchase() / (e.years() * 8766) / plan.cost().dollarsPerHour();
            all.add(new Bar(
                    "purchase 30% down or up",
                    usual * (1 - capital + capital / PRICE), usual * (1 - capital + capital * PRICE)));
        }
    }

    private static String percent(double share) {
        return Texts.number(share * 100) + "%";
    }

    String html() {
        List<Bar> bars = bars();
        double most =
                bars.stream().mapToDouble(b -> Math.max(b.low, b.high)).max().orElse(usual);
        double scale = (WIDTH - LABEL - VALUE) / most;
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"cost of a million tokens when one assumption "
                        + "moves\">%n",
                WIDTH,
                LINE * bars.size() + 30));
        for (int i = 0; i < bars.size(); i++) {
            out.append(bar(bars.get(i), LINE * i + 6, scale));
        }
        double middle = LABEL + usual * scale;
        out.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"0\" x2=\"%.1f\" y2=\"%d\" stroke=\"currentColor\"/>"
                        + "<text text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>%n</svg>%n",
                middle,
                middle,
                LINE * bars.size() + 8,
                middle,
                LINE * bars.size() + 22,
                Html.escaped(Texts.dollars(usual) + " a million tokens")));
        return out.toString();
    }

    private static String bar(Bar bar, int top, double scale) {
        double from = Math.min(bar.low, bar.high);
        double to = Math.max(bar.low, bar.high);
        return String.format(
                Locale.ROOT,
                "<text text-anchor=\"end\" x=\"%d\" y=\"%d\">%s</text>"
                        + "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"16\" "
                        + "fill=\"#0072b2\" fill-opacity=\"0.75\"/>"
                        + "<text x=\"%.1f\" y=\"%d\">%s to %s</text>%n",
                LABEL - 8,
                top + 13,
                Html.escaped(bar.name),
                LABEL + from * scale,
                top,
                Math.max(1, (to - from) * scale),
                LABEL + to * scale + 6,
                top + 13,
                Html.escaped(Texts.dollars(from)),
                Html.escaped(Texts.dollars(to)));
    }
}
