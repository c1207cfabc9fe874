package smelt.planner.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Offer;
import smelt.planner.choice.Plan;
import smelt.planner.choice.Planner;
import smelt.planner.choice.Progress;
import smelt.planner.choice.Question;
import smelt.planner.choice.Supply;
import smelt.planner.choice.Texts;
import smelt.planner.choice.Workload;
import smelt.planner.time.Interval;
import smelt.planner.training.Training;
import smelt.planner.training.TrainingEstimate;
import smelt.planner.training.TrainingQuestion;
import smelt.planner.training.TrainingQuestion.Method;

/** Devices side by side for one model, as Markdown: cards needed, speed, money, energy, and training. */
public final class ComparisonPage {
    private static final double TRAINED_TOKENS = 1e9;
    private static final double BATCH_TOKENS = 1 << 20;
    private static final int SEQUENCE = 4096;
    private static final int RANK = 16;
    private static final int MACHINE = 8;
    private static final int MOST_TRAINING = 2048;
    private static final double SECONDS_PER_DAY = 86400;

    private final Question question;
    private final List<Device> devices;
    private final List<Plan> plans;
    private final StringBuilder text = new StringBuilder();

    private ComparisonPage(Question question, List<Plan> plans) {
        this.question = question;
        devices = question.space().devices();
        this.plans = plans;
    }

    /**
     * The page.
     *
     * @param question that names devices and asks for no rate
     * @param command that makes it
     */
    public static String markdown(Question question, Planner planner, Progress progress, String command) {
        return new ComparisonPage(question, planner.plans(question, progress)).page(command);
    }

    private String page(String command) {
        Workload w = question.demand().workload();
        text.append("# ").append(question.model().name()).append(": ");
        text.append(String.join(" or ", devices.stream().map(Device::name).toList()))
                .append("?\n\n");
        text.append("Made by `")
                .append(command)
                .append("`. Requests of ")
                .append(w.input())
                .append(" tokens, answers of ");
        text.append(w.output()).append("; values in brackets are intervals of 90%.\n\n## Serving\n\n");
        row("", Device::name);
        text.append("|---|").append("---|".repeat(devices.size())).append('\n');
        for (String format : formats()) {
            row("fewest cards, " + format, d -> fewest(d, format));
        }
        row("one user, fastest layout of 8 cards at most", d -> oneUser(d));
        row("most tokens a second of 8 cards", d -> most(d).map(this::speed).orElse("-"));
        row(
                "at",
                d -> most(d).map(p -> p.text() + ", " + p.concurrency() + " requests each")
                        .orElse("-"));
        row(
                "per card",
                d -> most(d).map(p -> Texts.number(p.tokensPerSecond() / p.devices()) + " tokens/s")
                        .orElse("-"));
        row(
                "cheapest rented",
                d -> cheapest(d, Supply.Rented.class)
                        .map(ComparisonPage::priced)
                        .orElse("no offer"));
        row(
                "cheapest bought",
                d -> cheapest(d, Supply.Bought.class)
                        .map(ComparisonPage::priced)
                        .orElse("no price"));
        row(
                "joules a token, all 8 busy",
                d -> most(d).map(p -> Texts.number(p.cost().joulesPerToken())).orElse("-"));
        text.append("\nDollars are per million tokens of prompts and answers in this mix, at a mean load of ");
        text.append(Texts.number(question.economy().utilisation() * 100)).append("% of the peak.\n\n## Training\n\n");
        row("", Device::name);
        text.append("|---|").append("---|".repeat(devices.size())).append('\n');
        row("all weights, on 8 cards", d -> training(d, MACHINE, Method.FULL));
        row("fewest cards with room for all weights", d -> room(d, Method.FULL));
        row("all weights, on 64 cards", d -> training(d, 64, Method.FULL));
        row("adapters (LoRA), on 8 cards", d -> training(d, MACHINE, Method.LORA));
        row("adapters on 4-bit weights (QLoRA), on 8 cards", d -> training(d, MACHINE, Method.QLORA));
        text.append("\nDays are for 1 B tokens in sequences of 4,096, a million tokens a step; MFU is the share of the "
                + "dense 16-bit peak that the model's own arithmetic has.\n");
        return text.toString();
    }

    private void row(String name, Function<Device, String> cell) {
        text.append("| ").append(name).append(" |");
        devices.forEach(d -> text.append(' ').append(cell.apply(d)).append(" |"));
        text.append('\n');
    }

    private List<String> formats() {
        return plans.stream()
                .map(p -> p.deployment().formats().weights().name())
                .distinct()
                .toList();
    }

    private List<Plan> of(Device device) {
        return plans.stream()
                .filter(p -> p.deployment().layout().device().equals(device))
                .filter(p -> p.deployment().layout().devices() <= MACHINE)
                .toList();
    }

    private String fewest(Device device, String format) {
        Optional<Plan> found = of(device).stream()
                .filter(p -> p.deployment().formats().weights().name().equals(format))
                .min(Comparator.comparingInt(p -> p.deployment().layout().devices()));
        return found.map(p -> p.deployment().layout().devices() + " ("
                        + Texts.gigabytes(p.forecast().memory().weightBytes()) + " of weights on each)")
                .orElse("more than 8");
    }

    private String oneUser(Device device) {
        return of(device).stream()
                .filter(p -> p.concurrency() == 1)
                .min(Comparator.comparingDouble(Plan::tpot))
                .map(p -> Texts.number(1 / p.tpot()) + " tokens/s ("
                        + p.deployment().formats().weights().name() + ", "
                        + p.deployment().layout().devices() + " cards)")
                .orElse("-");
    }

    /** Of eight cards, however many copies they hold. */
    private Optional<Plan> most(Device device) {
        return of(device).stream()
                .filter(p -> p.supply() instanceof Supply.Owned && p.devices() == MACHINE)
                .max(Comparator.comparingDouble(Plan::tokensPerSecond));
    }

    private String speed(Plan plan) {
        Interval one = plan.forecast().tokensPerSecond();
        return Texts.number(plan.tokensPerSecond()) + " (" + Texts.number(one.low() * plan.replicas()) + " to "
                + Texts.number(one.high() * plan.replicas()) + "), " + Texts.seconds(plan.tpot()) + " a token";
    }

    private Optional<Plan> cheapest(Device device, Class<? extends Supply> kind) {
        return of(device).stream()
                .filter(p -> kind.isInstance(p.supply()))
                .min(Comparator.comparingDouble(p -> p.cost().perMillion()));
    }

    private static String priced(Plan plan) {
        return Texts.dollars(plan.cost().perMillion()) + " (" + plan.supply().text() + "; output "
                + Texts.dollars(plan.cost().output()) + ")";
    }

    private TrainingQuestion asked(Device device, int count, Method method) {
        return new TrainingQuestion(
                question.model(), device, count, MACHINE, method, TRAINED_TOKENS, SEQUENCE, BATCH_TOKENS, RANK);
    }

    private String training(Device device, int count, Method method) {
        TrainingEstimate best = Training.estimate(asked(device, count, method)).getFirst();
        if (!best.memory().fits()) {
            return "no room: " + Texts.gigabytes(best.memory().needed()) + " a card needed";
        }
        return Texts.number(best.totalSeconds() / SECONDS_PER_DAY) + " days, MFU "
                + Texts.number(best.utilisation() * 100) + "% (" + best.layout().text() + "; "
                + Texts.number(100 * best.communicationSeconds() / best.stepSeconds()) + "% of it links)"
                + dollars(device, count, best.totalSeconds());
    }

    private String dollars(Device device, int count, double seconds) {
        List<Double> hourly = new ArrayList<>();
        question.market().offers().stream()
                .filter(o -> o.device().equals(device.name()) && o.terms() == Offer.Terms.ON_DEMAND)
                .forEach(o -> hourly.add(o.dollarsPerHour().value() / o.devices()));
        return hourly.stream()
                .min(Comparator.naturalOrder())
                .map(h -> ", " + Texts.dollars(Math.rint(h * count * seconds / 3600)) + " on demand")
                .orElse("");
    }

    private String room(Device device, Method method) {
        for (int count = 1; count <= MOST_TRAINING; count *= 2) {
            if (Training.estimate(asked(device, count, method))
                    .getFirst()
                    .memory()
                    .fits()) {
                return count + " (counted in powers of two)";
            }
        }
        return "more than " + MOST_TRAINING;
    }
}
