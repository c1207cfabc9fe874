package smelt.cli;

import java.util.List;
import smelt.planner.choice.Advice;
import smelt.planner.choice.ApiCost;
import smelt.planner.choice.BreakEven;
import smelt.planner.choice.Choice;
import smelt.planner.choice.Lost;
import smelt.planner.choice.Manifests;
import smelt.planner.choice.Plan;
import smelt.planner.choice.Texts;
import smelt.planner.time.Interval;

/** A choice for people. */
final class PlanTable {
    private static final int MOST_PLANS = 12;
    private static final int MOST_LOST = 20;

    private final Choice choice;

    PlanTable(Choice choice) {
        this.choice = choice;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        Advice.lines(choice).forEach(line -> text.append(line).append('\n'));
        text.append("\nIn detail:\n");
        List<Plan> parts = choice.best().all();
        for (Plan part : parts) {
            text.append(
                    parts.size() == 1
                            ? ""
                            : "\n  " + part.text() + " (" + part.supply().text() + "), "
                                    + Texts.number(part.requestsPerSecond()) + " requests a second:\n");
            details(text, part);
        }
        text.append("\nWhat nothing beats, the cheapest first (")
                .append(choice.tried())
                .append(" layouts tried):\n\n")
                .append(plans());
        if (!choice.lost().isEmpty()) {
            text.append("\nWhy others lost:\n").append(lost());
        }
        money(text);
        text.append("\nStart it with:\n  ")
                .append(String.join("\n  ", Manifests.startCommands(choice.best(), choice.question())))
                .append("\n\nAssumptions:\n");
        choice.assumptions().forEach(a -> text.append("  - ").append(a).append('\n'));
        return text.toString();
    }

    private Table plans() {
        Table table =
                new Table("plan", "from", ">TTFT", ">TPOT", ">tok/s", ">$/M tokens", ">$/h", ">power", ">J/token");
        choice.front().stream()
                .limit(MOST_PLANS)
                .forEach(p -> table.row(
                        p.text(),
                        p.from(),
                        Texts.seconds(p.ttft()),
                        Texts.seconds(p.tpot()),
                        Texts.number(p.tokensPerSecond()),
                        Texts.dollars(p.cost().perMillion()),
                        Texts.dollars(p.cost().dollarsPerHour()),
                        Texts.watts(p.cost().watts()),
                        Texts.number(p.cost().joulesPerToken())));
        return table;
    }

    private void details(StringBuilder text, Plan plan) {
        var memory = plan.forecast().memory();
        Table table = new Table("", "");
        table.row("  requests under way", plan.concurrency() + " in each copy, at the peak");
        table.row("  time to first token", millis(plan.forecast().ttftMillis()));
        table.row("  time per token", millis(plan.forecast().tpotMillis()));
        plan.trial()
                .ifPresent(r -> table.row(
                        played(),
                        Texts.number(100 * r.goodput()) + "% within the limits"
                                + (plan.standby().copies() > 0 ? " though the spare copies fail" : "")
                                + "; 95%: first token "
                                + Texts.seconds(r.ttft().p95()) + ", per token "
                                + Texts.seconds(r.tpot().p95())));
        table.row(
                "  a million tokens",
                Texts.dollars(plan.cost().input()) + " computed input, "
                        + Texts.dollars(plan.cost().cached()) + " cached input, "
                        + Texts.dollars(plan.cost().output()) + " output");
        table.row(
                "  memory of a device",
                Texts.gigabytes(memory.weightBytes()) + " weights, " + Texts.gigabytes(memory.kvBytes())
                        + " keys and values, "
                        + Texts.gigabytes((double) memory.activationBytes() + memory.overheadBytes())
                        + " else, of " + Texts.gigabytes(memory.availableBytes()));
        choice.losses(plan).forEach(line -> table.row("  machines that go", line));
        if (plan.cost().purchase() > 0) {
            table.row("  to buy", Texts.dollars(plan.cost().purchase()));
        }
        table.toString().lines().skip(1).forEach(l -> text.append(l).append('\n'));
    }

    private String played() {
        return choice.question().demand().workload().replay().isPresent()
                ? "  with the trace"
                : "  with random arrivals";
    }

    /** With the interval of 90%. */
    private static String millis(Interval interval) {
        return Texts.seconds(interval.value() / 1e3) + " (90%: " + Texts.seconds(interval.low() / 1e3) + " to "
                + Texts.seconds(interval.high() / 1e3) + ")";
    }

    private String lost() {
        StringBuilder text = new StringBuilder();
        List<Lost> all = choice.lost();
        all.stream()
                .limit(MOST_LOST)
                .forEach(l -> text.append("  ")
                        .append(l.device())
                        .append(l.supply().isEmpty() ? "" : " (" + l.supply() + ")")
                        .append(": ")
                        .append(l.reason())
                        .append('\n'));
        if (all.size() > MOST_LOST) {
            text.append("  and ").append(all.size() - MOST_LOST).append(" more; --json has all\n");
        }
        return text.toString();
    }

    private void money(StringBuilder text) {
        for (ApiCost api : choice.apis()) {
            text.append("\nThe API of ").append(api.price().seller()).append(" takes ");
            text.append(Texts.dollars(api.perMillion())).append(" a million tokens of this mix.");
        }
        for (BreakEven even : choice.breakEvens()) {
            text.append("\nBuying ").append(even.plan().text());
            text.append(
                    even.isReachable()
                            ? " pays from " + Texts.number(even.hoursPerYear())
                                    + " hours of full load a year on, against "
                            : " never pays against ");
            text.append(even.against()).append('.');
        }
        text.append(choice.apis().isEmpty() && choice.breakEvens().isEmpty() ? "" : "\n");
    }
}
