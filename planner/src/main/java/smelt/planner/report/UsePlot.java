package smelt.planner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import smelt.planner.choice.ApiCost;
import smelt.planner.choice.Bill;
import smelt.planner.choice.Choice;
import smelt.planner.choice.Economy;
import smelt.planner.choice.Lost;
import smelt.planner.choice.Plan;
import smelt.planner.choice.Supply;
import smelt.planner.choice.Texts;

/** What a million tokens cost, by how much of the time the machines work: rented, bought, owned, and from others. */
final class UsePlot {
    private static final int POINTS = 60;
    private static final double LEAST = 0.02;

    private final Choice choice;

    UsePlot(Choice choice) {
        this.choice = choice;
    }

    String html() {
        double[] uses = DoubleStream.iterate(LEAST, u -> u * Math.pow(1 / LEAST, 1.0 / (POINTS - 1)))
                .limit(POINTS)
                .map(u -> Math.min(1, u))
                .toArray();
        Map<String, double[]> lines = new LinkedHashMap<>();
        cheapestOfEach().forEach((name, plan) -> lines.put(name, costs(plan, uses)));
        choice.apis().stream()
                .limit(2)
                .forEach(api -> lines.put(
                        name(api),
                        DoubleStream.generate(api::perMillion).limit(POINTS).toArray()));
        Axis x = new Axis("mean load, as a share of the peak", LEAST, 1, true, v -> Texts.number(v * 100) + "%");
        Axis y = Axis.of(
                "dollars per million tokens",
                lines.values().stream().flatMapToDouble(DoubleStream::of),
                Texts::dollars);
        var plot = new Plot(x, y);
        lines.forEach((name, costs) -> plot.line(name, uses, costs));
        return plot.svg() + Html.list(Report.money(choice));
    }

    private static String name(ApiCost api) {
        return "API of " + api.price().seller();
    }

    /** The cheapest of each kind of supply that holds all constraints, else the cheapest there is. */
    private Map<String, Plan> cheapestOfEach() {
        Map<Class<?>, Plan> found = new LinkedHashMap<>();
        Stream.concat(
                        choice.front().stream(),
                        choice.lost().stream().map(Lost::best).flatMap(Optional::stream))
                .forEach(p -> found.putIfAbsent(p.supply().getClass(), p));
        Map<String, Plan> named = new LinkedHashMap<>();
        List<Plan> plans = new ArrayList<>(found.values());
        plans.forEach(p -> named.put(kind(p.supply()) + ": " + p.text(), p));
        return named;
    }

    private static String kind(Supply supply) {
        return switch (supply) {
            case Supply.Owned owned -> "owned";
            case Supply.Rented rented -> rented.text();
            case Supply.Bought bought -> "bought";
        };
    }

    private double[] costs(Plan plan, double[] uses) {
        Economy usual = choice.question().economy();
        return DoubleStream.of(uses)
                .map(u -> Bill.perMillion(
                        plan,
                        choice.question().demand(),
                        new Economy(usual.years(), usual.dollarsPerKwh(), usual.pue(), u)))
                .toArray();
    }
}
