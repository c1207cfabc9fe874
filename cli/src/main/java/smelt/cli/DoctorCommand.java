package smelt.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import smelt.store.Sizes;
import smelt.targets.cpu.Machine;
import smelt.targets.cpu.MachineLimits.Rate;

/** {@code smelt doctor}. */
@Command(
        name = "doctor",
        header = "Show what this machine offers, how fast it is, and what holds it back.",
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt doctor",
            "  smelt doctor --seconds 0          describe only, measure nothing",
            "  smelt doctor --json | jq .limits.memory_read_gb_per_second"
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int LONGEST = 600;
    private static final int WIDTH = 100;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "4",
            description = "How long to measure memory and arithmetic; 0: not at all (default: ${DEFAULT-VALUE}).")
    int seconds;

    @Option(names = "--json", description = "Print everything as JSON.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (seconds < 0 || seconds > LONGEST) {
            throw new ParameterException(spec.commandLine(), "--seconds must be 0 to " + LONGEST);
        }
        Diagnosis found = Diagnosis.make(Duration.ofSeconds(seconds));
        var out = spec.commandLine().getOut();
        out.print(json ? Json.pretty(found) + "\n" : text(found));
        return 0;
    }

    private static String text(Diagnosis found) {
        return machine(found) + "\n" + tiers(found) + limits(found) + findings(found);
    }

    private static String machine(Diagnosis found) {
        Machine machine = found.machine();
        Table table = new Table("MACHINE", "");
        table.row("cpu", machine.cpu() + ", " + machine.architecture().name().toLowerCase(Locale.ROOT));
        table.row(
                "cores",
                machine.physicalCores() + " (" + machine.allowedCpus() + " of " + machine.logicalCpus()
                        + " hardware threads), " + machine.numaNodes() + " NUMA "
                        + plural(machine.numaNodes(), "node"));
        table.row(
                "cpu time",
                machine.cpuQuota().isPresent()
                        ? number(machine.cpuQuota().getAsDouble()) + " cores (control group)"
                        : "no limit");
        table.row("threads", "up to " + found.threads() + " for each step");
        table.row("caches", machine.caches().stream().map(DoctorCommand::cache).collect(Collectors.joining(", ")));
        table.row(
                "memory",
                Sizes.text(machine.memoryTotal()) + ", " + Sizes.text(machine.memoryAvailable()) + " available"
                        + (machine.memoryLimit().isPresent()
                                ? ", limited to "
                                        + Sizes.text(machine.memoryLimit().getAsLong())
                                : ""));
        table.row(
                "huge pages",
                machine.hugePages().orElse("unknown")
                        + (found.hugePagesGranted().isPresent()
                                ? ", %.0f%% of memory asked for got them"
                                        .formatted(
                                                100 * found.hugePagesGranted().getAsDouble())
                                : ""));
        table.row("java", found.java());
        table.row("compiler", found.llvm().orElse("none"));
        return table.toString();
    }

    private static String plural(int n, String noun) {
        return n == 1 ? noun : noun + "s";
    }

    private static String cache(Machine.Cache cache) {
        String kind = cache.type().equals("unified") ? "" : " " + cache.type();
        return "L" + cache.level() + kind + " " + cache.count() + " x "
                + (cache.bytes() < 1 << 20 ? (cache.bytes() >> 10) + " KiB" : (cache.bytes() >> 20) + " MiB");
    }

    private static String tiers(Diagnosis found) {
        Table table = new Table("INSTRUCTIONS", "(the fastest first)");
        for (Diagnosis.TierState state : found.tiers()) {
            boolean used = found.tier().filter(state.tier()::equals).isPresent();
            String what = used ? "yes, used" : "yes";
            table.row(state.tier(), state.reason().map(why -> "no: " + why).orElse(what));
        }
        return table.toString();
    }

    private static String limits(Diagnosis found) {
        if (found.limits().isEmpty()) {
            return "";
        }
        Diagnosis.Limits limits = found.limits().get();
        Table table = new Table("LIMITS", ">best", ">usual");
        table.row("clock of one core", number(limits.gigahertz()) + " GHz", "");
        rows(table, "memory read", "GB/s", limits.memoryRead());
        rows(table, "int8 dots, " + limits.tier(), "TOPS", limits.int8());
        rows(table, "f32 fma", "TFLOPS", limits.f32());
        return "\n" + table
                + "Answers are bound by memory: with 1 GB of weights at most %.0f tokens a second. Prompts are bound by"
                        .formatted(limits.memoryReadGbPerSecond())
                + " int8 dots.\n";
    }

    private static void rows(Table table, String what, String unit, List<Rate> rates) {
        for (Rate rate : rates) {
            table.row(
                    what + ", " + rate.threads() + " " + plural(rate.threads(), "thread"),
                    number(rate.best()) + " " + unit,
                    number(rate.median()) + " " + unit);
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }

    private static String findings(Diagnosis found) {
        return found.findings().isEmpty()
                ? "\nNothing holds this machine back.\n"
                : "\nWHAT HOLDS IT BACK\n"
                        + found.findings().stream().map(DoctorCommand::item).collect(Collectors.joining());
    }

    /** A list item in lines of at most {@link #WIDTH} columns. */
    private static String item(String finding) {
        StringBuilder text = new StringBuilder("-");
        int column = 1;
        for (String word : finding.split("\\s+")) {
            if (column + 1 + word.length() > WIDTH) {
                text.append("\n ");
                column = 1;
            }
            text.append(' ').append(word);
            column += 1 + word.length();
        }
        return text.append('\n').toString();
    }
}
