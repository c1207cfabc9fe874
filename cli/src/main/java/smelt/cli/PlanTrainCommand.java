package smelt.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.planner.choice.Texts;
import smelt.planner.choice.TrainingReader;
import smelt.planner.training.Training;
import smelt.planner.training.TrainingEstimate;
import smelt.planner.training.TrainingMemory;
import smelt.planner.training.TrainingQuestion;

/** {@code smelt plan train}. */
@Command(
        name = "train",
        header = "Tell whether training has room, and how long it takes.",
        descriptionHeading = "%n",
        description = "By counting: bytes of weights, gradients, optimiser and activations of each device, operations "
                + "and what crosses the links. Half of the peak in arithmetic, three quarters in links (estimates).",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt plan train --model llama-2-70b --on 64xH100 --tokens 1B",
            "  smelt plan train --model llama-3.1-8b --on RTX4090 --method qlora"
        })
final class PlanTrainCommand implements Callable<Integer> {
    private static final int SHOWN = 8;
    private static final double SECONDS_PER_DAY = 86400;

    @Option(names = "--model", paramLabel = "MODEL", required = true, description = "As of smelt plan.")
    String model = "";

    @Option(
            names = "--on",
            paramLabel = "NxDEVICE",
            required = true,
            description = "8xH100, or 4x8xH100 for four machines of eight.")
    String on = "";

    @Option(
            names = "--method",
            paramLabel = "NAME",
            defaultValue = "full",
            description = "full, lora or qlora (default: ${DEFAULT-VALUE}).")
    String method = "full";

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "1B",
            description = "Tokens to train on (default: ${DEFAULT-VALUE}).")
    String tokens = "1B";

    @Option(
            names = "--sequence",
            paramLabel = "TOKENS",
            defaultValue = "4096",
            description = "Length of each sequence (default: ${DEFAULT-VALUE}).")
    String sequence = "4096";

    @Option(
            names = "--batch",
            paramLabel = "TOKENS",
            defaultValue = "1M",
            description = "Tokens of a step of the optimiser (default: ${DEFAULT-VALUE}).")
    String batch = "1M";

    @Option(
            names = "--rank",
            paramLabel = "N",
            defaultValue = "16",
            description = "Of adapters (default: ${DEFAULT-VALUE}).")
    String rank = "16";

    @Option(names = "--json", description = "Print all layouts as JSON.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try {
            TrainingQuestion question = new TrainingReader().read(model, on, method, tokens, sequence, batch, rank);
            List<TrainingEstimate> all = Training.estimate(question);
            PrintWriter out = spec.commandLine().getOut();
            out.print(json ? Json.pretty(all) + "\n" : text(question, all));
            return 0;
        } catch (Failure e) {
            return PlanComplaints.about(e, spec.commandLine().getErr());
        }
    }

    private static String text(TrainingQuestion question, List<TrainingEstimate> all) {
        StringBuilder text = new StringBuilder();
        TrainingEstimate best = all.getFirst();
        String what = question.model().name() + ", " + question.method().name().toLowerCase(Locale.ROOT) + ", on "
                + question.devices() + " x " + question.device().name();
        if (best.memory().fits()) {
            text.append(what).append(": ").append(Texts.number(best.totalSeconds() / SECONDS_PER_DAY));
            text.append(" days for ")
                    .append(Texts.number(question.tokens() / 1e9))
                    .append(" B tokens\n\n");
        } else {
            text.append(what).append(" has no room: the smallest layout needs ");
            text.append(Texts.gigabytes(best.memory().needed())).append(" a device, which has ");
            text.append(Texts.gigabytes(best.memory().available())).append("\n\n");
        }
        Table table = new Table(
                "layout", ">tokens/s", ">step", ">arithmetic", ">links", ">idle", ">MFU", ">GB a device", "of which");
        all.stream().limit(SHOWN).forEach(e -> table.row(row(e)));
        return text.append(table).toString();
    }

    private static String[] row(TrainingEstimate e) {
        TrainingMemory m = e.memory();
        return new String[] {
            e.layout().text(),
            m.fits() ? Texts.number(e.tokensPerSecond()) : "no room",
            Texts.seconds(e.stepSeconds()),
            Texts.seconds(e.computeSeconds()),
            Texts.seconds(e.communicationSeconds()),
            Texts.seconds(e.bubbleSeconds()),
            Texts.number(e.utilisation() * 100) + "%",
            Texts.number(m.needed() / 1e9),
            "weights " + Texts.number(m.weights() / 1e9) + ", gradients " + Texts.number(m.gradients() / 1e9)
                    + ", optimiser " + Texts.number(m.optimiser() / 1e9) + ", activations "
                    + Texts.number(m.activations() / 1e9)
        };
    }
}
