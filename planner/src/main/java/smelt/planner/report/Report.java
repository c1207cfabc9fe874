package smelt.planner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import smelt.planner.catalogue.Figure;
import smelt.planner.choice.Advice;
import smelt.planner.choice.ApiCost;
import smelt.planner.choice.BreakEven;
import smelt.planner.choice.Choice;
import smelt.planner.choice.Constraint;
import smelt.planner.choice.Lost;
import smelt.planner.choice.Manifests;
import smelt.planner.choice.Plan;
import smelt.planner.choice.Question;
import smelt.planner.choice.Supply;
import smelt.planner.choice.Texts;
import smelt.planner.time.Interval;

/** A choice as one page of HTML that needs no network, no script and no other file. */
public final class Report {
    private static final int MOST_ROWS = 25;
    private static final String STYLE = """
            :root { color-scheme: light dark; }
            body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1060px; padding: 1.5rem; }
            h1 { font-size: 1.6rem; margin: 0 0 .3rem; }
            h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid #8884; padding-bottom: .2rem; }
            .best { background: #0072b21a; border-left: 4px solid #0072b2; padding: .7rem 1rem; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-size: .85rem; }
            th, td { text-align: left; padding: .25rem .55rem .25rem 0; border-bottom: 1px solid #8883; }
            th { vertical-align: bottom; }
            th:first-child, td:first-child { min-width: 9.5rem; }
            td { vertical-align: top; }
            .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
            pre { background: #8882; padding: .7rem; overflow-x: auto; font-size: .82rem; }
            svg { width: 100%; height: auto; max-width: 820px; display: block; }
            svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
            svg .tick { font-size: 11px; fill-opacity: .75; }
            svg .grid { stroke: currentColor; stroke-opacity: .13; }
            .small { font-size: .82rem; opacity: .8; }
            details summary { cursor: pointer; }
            """;

    private final Choice choice;
    private final Question question;

    private Report(Choice choice) {
        this.choice = choice;
        question = choice.question();
    }

    public static String html(Choice choice) {
        return new Report(choice).page();
    }

    private String page() {
        String title = "Where to run " + question.model().name();
        return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
                + Html.escaped(title) + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n<h1>"
                + Html.escaped(title) + "</h1>\n"
                + asked()
                + best()
                + Html.section("What nothing beats", front())
                + Html.section("Cost and speed", paretoPlot())
                + Html.section("Cost and use", new UsePlot(choice).html())
                + Html.section("What it depends on", new Sensitivity(choice).html())
                + Html.section("Why others lost", lost())
                + Html.section("Start it", start())
                + Html.section("How far off these figures may be", ErrorBoardSection.html() + PublishedSection.html())
                + Html.section("Assumptions and sources", sources())
                + "</body>\n</html>\n";
    }

    private String asked() {
        var demand = question.demand();
        var workload = demand.workload();
        List<String> parts = new ArrayList<>();
        parts.add(workload.name() + ": " + Texts.number(workload.input()) + " tokens in, "
                + Texts.number(workload.output()) + " out");
        demand.requestsPerSecond()
                .ifPresentOrElse(
                        r -> parts.add(Texts.number(r) + " requests a second at the peak"),
                        () -> parts.add("as many as one deployment can"));
        question.constraints().stream().map(Constraint::text).forEach(parts::add);
        return Html.paragraph(String.join("; ", parts) + ". " + choice.tried() + " layouts tried.");
    }

    private String requests() {
        return choice.question().demand().workload().replay().isPresent()
                ? "requests of the trace"
                : "requests at random times";
    }

    private String best() {
        List<String> lines = Advice.lines(choice);
        String rest = lines.stream().skip(1).map(l -> "<br>" + Html.escaped(l)).collect(Collectors.joining());
        StringBuilder text = new StringBuilder("<div class=\"best\"><strong>")
                .append(Html.escaped(lines.getFirst()))
                .append("</strong>")
                .append(rest)
                .append("</div>\n");
        List<Plan> parts = choice.best().all();
        for (Plan part : parts) {
            text.append(
                    parts.size() == 1
                            ? ""
                            : Html.paragraph(part.text() + " (" + part.from() + "), "
                                    + Texts.number(part.requestsPerSecond()) + " requests a second:"));
            text.append(Html.list(details(part)));
        }
        return text.toString();
    }

    private List<String> details(Plan plan) {
        List<String> lines = new ArrayList<>();
        lines.add("first token " + millis(plan.forecast().ttftMillis()) + "; token after token "
                + millis(plan.forecast().tpotMillis()));
        lines.add(Texts.number(plan.tokensPerSecond()) + " tokens a second with " + plan.concurrency()
                + " requests in each copy");
        plan.trial()
                .ifPresent(r -> lines.add(requests() + ", played: "
                        + Texts.number(100 * r.goodput()) + "% within the limits; 95% have their first token after "
                        + Texts.seconds(r.ttft().p95()) + ", further ones after "
                        + Texts.seconds(r.tpot().p95())));
        lines.addAll(choice.losses(plan));
        lines.add("a million tokens: " + Texts.dollars(plan.cost().perMillion()) + " in this mix, "
                + Texts.dollars(plan.cost().input()) + " of computed input, "
                + Texts.dollars(plan.cost().cached()) + " of cached input, "
                + Texts.dollars(plan.cost().output()) + " of output");
        lines.add(Texts.watts(plan.cost().watts()) + " at the peak, "
                + Texts.number(plan.cost().joulesPerToken()) + " J a token");
        return lines;
    }

    private static String millis(Interval interval) {
        return Texts.seconds(interval.value() / 1e3) + " (" + Texts.seconds(interval.low() / 1e3) + " to "
                + Texts.seconds(interval.high() / 1e3) + " with 90%)";
    }

    private String front() {
        List<String> heads = List.of(
                "plan",
                "from",
                ">first token",
                ">each further",
                ">tokens/s",
                ">$ a million",
                ">input",
                ">cached",
                ">output",
                ">$/h",
                ">to buy",
                ">power",
                ">J/token");
        List<List<String>> rows = choice.front().stream()
                .limit(MOST_ROWS)
                .map(p -> List.of(
                        p.text(),
                        p.from(),
                        Texts.seconds(p.ttft()),
                        Texts.seconds(p.tpot()),
                        Texts.number(p.tokensPerSecond()),
                        Texts.dollars(p.cost().perMillion()),
                        Texts.dollars(p.cost().input()),
                        Texts.dollars(p.cost().cached()),
                        Texts.dollars(p.cost().output()),
                        Texts.dollars(p.cost().dollarsPerHour()),
                        p.cost().purchase() > 0 ? Texts.dollars(p.cost().purchase()) : "",
                        Texts.watts(p.cost().watts()),
                        Texts.number(p.cost().joulesPerToken())))
                .toList();
        return Html.table(heads, rows);
    }

    private String paretoPlot() {
        List<Plan> losers =
                choice.lost().stream().flatMap(l -> l.best().stream()).toList();
        List<Plan> all = new ArrayList<>(losers);
        all.addAll(choice.front());
        Axis x = Axis.of("dollars per million tokens", values(all, p -> p.cost().perMillion()), Texts::dollars);
        Axis y = Axis.of("time per output token", values(all, Plan::tpot), Texts::seconds);
        var plot = new Plot(x, y);
        choice.front().forEach(p -> plot.point(kind(p), p.cost().perMillion(), p.tpot(), true, told(p)));
        losers.forEach(p -> plot.point(kind(p), p.cost().perMillion(), p.tpot(), false, told(p)));
        return plot.svg()
                + "<p class=\"small\">Filled: nothing beats it in cost, both times and power. Hollow: the best of each "
                + "other device and seller. Point at one to read it.</p>\n";
    }

    private static DoubleStream values(List<Plan> plans, Function<Plan, Double> value) {
        return plans.stream().mapToDouble(value::apply);
    }

    private static String kind(Plan plan) {
        return switch (plan.supply()) {
            case Supply.Owned owned -> "owned";
            case Supply.Rented rented -> "rented";
            case Supply.Bought bought -> "bought";
        };
    }

    private static String told(Plan plan) {
        return plan.text() + " (" + plan.from() + "): "
                + Texts.dollars(plan.cost().perMillion())
                + " a million, " + Texts.seconds(plan.ttft()) + " to the first token, " + Texts.seconds(plan.tpot())
                + " a token";
    }

    private String lost() {
        List<List<String>> rows = choice.lost().stream().map(Report::row).toList();
        return rows.isEmpty()
                ? Html.paragraph("There were no others.")
                : Html.table(List.of("device", "from", "best of its kind", "reason"), rows);
    }

    private static List<String> row(Lost lost) {
        return List.of(lost.device(), lost.supply(), lost.best().map(Plan::text).orElse(""), lost.reason());
    }

    private String start() {
        return Html.code(String.join("\n", Manifests.startCommands(choice.best(), question)))
                + "<details><summary>Kubernetes manifests</summary>\n"
                + Html.code(Manifests.kubernetes(choice.best(), question))
                + "</details>\n";
    }

    private String sources() {
        List<List<String>> rows = new ArrayList<>();
        choice.front().stream()
                .limit(MOST_ROWS)
                .flatMap(p -> p.all().stream())
                .map(p -> p.deployment().layout().device())
                .distinct()
                .forEach(device -> {
                    device.flops()
                            .forEach((kind, figure) ->
                                    rows.add(source(device.name() + " " + kind + " per second", figure)));
                    rows.add(source(device.name() + " bytes of memory", device.memoryBytes()));
                    rows.add(source(device.name() + " bytes a second", device.memoryBandwidth()));
                    rows.add(source(device.name() + " watts", device.watts()));
                });
        choice.front().stream()
                .limit(MOST_ROWS)
                .flatMap(p -> p.all().stream())
                .map(Plan::supply)
                .distinct()
                .forEach(supply -> {
                    switch (supply) {
                        case Supply.Rented rented ->
                            rows.add(source(
                                    rented.text() + " dollars an hour",
                                    rented.offer().dollarsPerHour()));
                        case Supply.Bought bought ->
                            rows.add(source(
                                    bought.device() + " dollars",
                                    bought.purchase().dollars()));
                        case Supply.Owned owned -> {}
                    }
                });
        String stale = question.market().stale().isEmpty()
                ? ""
                : Html.paragraph("Some figures of the catalogue are old: look at the dates.");
        return Html.list(choice.assumptions())
                + stale
                + "<details><summary>Figures of the devices above</summary>\n"
                + Html.table(
                        List.of("figure", ">value", "kind", "date", "source"),
                        rows.stream().distinct().toList())
                + "</details>\n";
    }

    private static List<String> source(String what, Figure figure) {
        return List.of(
                what,
                figure.value() >= 1e7
                        ? String.format(Locale.ROOT, "%.3g", figure.value())
                        : Texts.number(figure.value()),
                figure.tier().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                figure.date().toString(),
                figure.source());
    }

    static List<String> money(Choice choice) {
        List<String> lines = new ArrayList<>();
        for (ApiCost api : choice.apis()) {
            lines.add("The API of " + api.price().seller() + " takes " + Texts.dollars(api.perMillion())
                    + " a million tokens of this mix.");
        }
        for (BreakEven even : choice.breakEvens()) {
            lines.add("Buying " + even.plan().text()
                    + (even.isReachable()
                            ? " pays from " + Texts.number(even.hoursPerYear())
                                    + " hours of full load a year on, against "
                            : " never pays against ")
                    + even.against() + ".");
        }
        return lines;
    }
}
