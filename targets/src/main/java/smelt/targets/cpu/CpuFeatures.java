package smelt.targets.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Option;
import smelt.targets.llvm.LlvmCompiler;

/** Which tiers a CPU can run, and why it cannot run the others. */
public final class CpuFeatures {
    private static final Pattern FLAGS = Pattern.compile("^(?:flags|Features)\\s*:(.*)$", Pattern.MULTILINE);
    private static final Pattern RISCV_ISA = Pattern.compile("^isa\\s*:\\s*rv64(\\S*)", Pattern.MULTILINE);
    /** Names of Linux that are not LLVM's with an underscore for a dash. */
    private static final Map<String, String> LLVM_NAMES = Map.of(
            "abm", "lzcnt",
            "bmi1", "bmi",
            "avx_vnni", "avxvnni",
            "avx512_vnni", "avx512vnni",
            "avx512_bf16", "avx512bf16",
            "asimd", "neon",
            "asimddp", "dotprod",
            "asimdhp", "fullfp16");

    private final Set<String> features;
    private final List<Tier> available;
    private final Map<Tier, String> reasons;

    private CpuFeatures(Set<String> features, List<Tier> available, Map<Tier, String> reasons) {
        this.features = Set.copyOf(features);
        this.available = List.copyOf(available);
        this.reasons = Collections.unmodifiableMap(reasons);
    }

    /**
     * Those of this process's CPU. Asks the system for the use of AMX tiles where the CPU has them, which must come
     * before any thread touches one; threads started later or earlier inherit the permission.
     */
    public static CpuFeatures host() {
        return Host.FEATURES;
    }

    /**
     * Judges by {@code features} (LLVM's names).
     *
     * @param amxDenial asked only where the CPU has AMX: why the system denies tiles, empty where it grants them
     */
    public static CpuFeatures of(
            Architecture architecture, Set<String> features, Supplier<Optional<String>> amxDenial) {
        List<Tier> available = new ArrayList<>();
        Map<Tier, String> reasons = new EnumMap<>(Tier.class);
        for (Tier tier : Tier.values()) {
            if (tier.architecture() != architecture) {
                continue;
            }
            List<String> missing =
                    tier.features().stream().filter(f -> !features.contains(f)).toList();
            Optional<String> reason = missing.isEmpty()
                    ? tier == Tier.AMX ? amxDenial.get() : Optional.empty()
                    : Optional.of("the CPU lacks " + String.join(", ", missing));
            reason.ifPresentOrElse(why -> reasons.put(tier, why), () -> available.addFirst(tier));
        }
        return new CpuFeatures(features, available, reasons);
    }

    /** The features named in the text of {@code /proc/cpuinfo}, in LLVM's names; empty where it names none. */
    static Set<String> parse(String cpuinfo) {
        Set<String> features = new HashSet<>();
        Matcher flags = FLAGS.matcher(cpuinfo);
        if (flags.find()) {
            for (String flag : flags.group(1).trim().split("\\s+")) {
                features.add(LLVM_NAMES.getOrDefault(flag, flag.replace('_', '-')));
            }
        }
        Matcher isa = RISCV_ISA.matcher(cpuinfo);
        if (isa.find()) {
            String[] parts = isa.group(1).replace("g", "imafd").split("_");
            parts[0].chars().forEach(letter -> features.add(String.valueOf((char) letter)));
            features.addAll(List.of(parts));
        }
        return features;
    }

    private static Set<String> read() {
        try {
            Set<String> features = parse(Files.readString(Path.of("/proc/cpuinfo")));
            if (!features.isEmpty()) {
                return features;
            }
        } catch (IOException e) {
            // Systems without procfs: LLVM asks the CPU itself.
        }
        try (LlvmCompiler llvm = LlvmCompiler.load()) {
            return llvm.hostFeatures();
        }
    }

    /** What the CPU has, in LLVM's names. */
    public Set<String> features() {
        return features;
    }

    /** The tiers that this process can run, the fastest first. */
    public List<Tier> available() {
        return available;
    }

    /** The tiers of this architecture that cannot run here, with the reason as a clause. */
    public Map<Tier, String> reasons() {
        return reasons;
    }

    /**
     * The tier to run: the fastest, or the one that option SMELT_TIER forces.
     *
     * @throws Failure UNSUPPORTED where the CPU cannot run it
     */
    public Tier choose() {
        return choose(Option.TIER.get());
    }

    Tier choose(String wanted) {
        if (wanted.equals("auto")) {
            return available.stream()
                    .findFirst()
                    .orElseThrow(() -> Failure.of(FailureCode.UNSUPPORTED, "No tier runs on this CPU: " + reasons)
                            .withNextStep("set SMELT_TARGET=reference to run without compiled kernels, slowly"));
        }
        for (Tier tier : available) {
            if (tier.text().equals(wanted)) {
                return tier;
            }
        }
        String why = reasons.entrySet().stream()
                .filter(entry -> entry.getKey().text().equals(wanted))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("no such tier is known for " + Architecture.host().triple());
        throw Failure.of(FailureCode.UNSUPPORTED, "Tier " + wanted + " cannot run here: " + why)
                .withNextStep("set SMELT_TIER to auto or one of "
                        + available.stream().map(Tier::text).collect(Collectors.joining(", ")));
    }

    private static final class Host {
        static final CpuFeatures FEATURES = of(Architecture.host(), read(), AmxPermission::denial);

        private Host() {}
    }
}
