package smelt.planner.choice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A choice in a few sentences, the first of which is what to do. */
public final class Advice {
    private final Choice choice;

    private Advice(Choice choice) {
        this.choice = choice;
    }

    public static List<String> lines(Choice choice) {
        var advice = new Advice(choice);
        List<String> all = new ArrayList<>();
        all.add(advice.whatToDo());
        all.addAll(advice.doubts());
        advice.cheaperApi().ifPresent(all::add);
        return all;
    }

    private String whatToDo() {
        Plan plan = choice.best();
        String money = Texts.dollars(plan.cost().dollarsPerHour()) + " an hour"
                + (plan.cost().purchase() > 0 ? " (" + Texts.dollars(plan.cost().purchase()) + " at once)" : "") + ", "
                + Texts.dollars(plan.cost().perMillion()) + " a million tokens; ";
        String times = "first token after " + Texts.seconds(plan.ttft()) + ", then " + Texts.seconds(plan.tpot())
                + " a token; ";
        String load = plan.trial()
                .map(r -> Texts.number(100 * r.goodput()) + "% of requests within the limits, at "
                        + Texts.number(plan.requestsPerSecond()) + " a second")
                .orElse(Texts.number(plan.tokensPerSecond()) + " tokens a second");
        String verbs = plan.all().stream().map(Advice::done).collect(Collectors.joining(", and "));
        return verbs.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + verbs.substring(1) + ": " + money + times
                + load + ".";
    }

    private static String done(Plan part) {
        return switch (part.supply()) {
            case Supply.Owned owned -> "use " + part.text();
            case Supply.Bought bought -> "buy " + part.text();
            case Supply.Rented rented -> "rent " + part.text() + " (" + rented.text() + ")";
        };
    }

    /** Limits that lie within the intervals, and the cheapest plan of which none does. */
    private List<String> doubts() {
        Plan plan = choice.best();
        List<String> broken = new ArrayList<>();
        for (Constraint c : choice.question().constraints()) {
            double most = high(c.measure(), plan);
            if (most > c.most()) {
                broken.add(c.measure().title() + " may be " + c.measure().text(most) + ", over "
                        + c.measure().text(c.most()));
            }
        }
        if (broken.isEmpty()) {
            return List.of();
        }
        String surer = choice.front().stream()
                .filter(p -> choice.question().constraints().stream()
                        .allMatch(c -> high(c.measure(), p) <= c.most() && c.holds(p)))
                .min(Comparator.comparingDouble(p -> p.cost().perMillion()))
                .map(p -> "; within the limits to 90%: " + p.text() + " (" + p.from() + "), "
                        + Texts.dollars(p.cost().perMillion()) + " a million tokens")
                .orElse("; no plan below is surer of all limits: measure before you sign");
        return List.of("Not sure: the " + String.join(", the ", broken) + " (90% interval)" + surer + ".");
    }

    /** Upper end of the interval; 0 for what has none. */
    private static double high(Measure measure, Plan plan) {
        return switch (measure) {
            case TTFT -> highest(plan, p -> p.forecast().ttftMillis().high());
            case TPOT -> highest(plan, p -> p.forecast().tpotMillis().high());
            case PER_MILLION,
                    PURCHASE,
                    PER_HOUR,
                    WATTS,
                    DEVICES,
                    OFF_PREMISES,
                    NOT_OWNED,
                    SPOT,
                    MISSING_SPARES,
                    DOWNTIME,
                    BOUGHT -> 0;
        };
    }

    private static double highest(Plan plan, java.util.function.ToDoubleFunction<Plan> millis) {
        return plan.all().stream().mapToDouble(millis).max().orElseThrow() / 1e3;
    }

    private Optional<String> cheaperApi() {
        return choice.apis().stream()
                .findFirst()
                .filter(api -> api.perMillion() < choice.best().cost().perMillion())
                .map(api -> "Cheaper if the data may leave: the API of "
                        + api.price().seller() + ", " + Texts.dollars(api.perMillion()) + " a million tokens.");
    }
}
