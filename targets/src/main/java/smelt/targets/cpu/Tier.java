package smelt.targets.cpu;

import java.util.List;
import java.util.Locale;
import smelt.targets.llvm.TargetMachine;

/**
 * Sets of instructions that kernels are compiled for; within an architecture, a later one is faster. What a kernel
 * computes is the same bits on each.
 */
public enum Tier {
    /** 256-bit vectors with fma and half conversion; int8 dots by vpmaddubsw. */
    AVX2(Architecture.X86_64, "x86-64-v3", "avx2,fma,f16c,bmi,bmi2,lzcnt,movbe"),
    /** AVX2 with 256-bit vpdpbusd (Alder Lake and later without AVX-512). */
    AVX_VNNI(Architecture.X86_64, "x86-64-v3", AVX2, "avxvnni"),
    /** 512-bit vectors; int8 dots by vpmaddubsw. */
    AVX512(Architecture.X86_64, "x86-64-v4", AVX2, "avx512f,avx512bw,avx512cd,avx512dq,avx512vl"),
    /** AVX-512 with 512-bit vpdpbusd. */
    VNNI(Architecture.X86_64, "x86-64-v4", AVX512, "avx512vnni"),
    /** VNNI with int8 tiles; needs the system's permission for their state. */
    AMX(Architecture.X86_64, "x86-64-v4", VNNI, "amx-tile,amx-int8"),

    /** 128-bit vectors with half conversion; int8 dots by widening multiplies. */
    NEON(Architecture.AARCH64, "generic", "neon,fullfp16"),
    /** NEON with sdot and udot. */
    DOTPROD(Architecture.AARCH64, "generic", NEON, "dotprod"),
    /** DOTPROD with usdot and smmla. */
    I8MM(Architecture.AARCH64, "generic", DOTPROD, "i8mm"),

    /** Vectors of at least 128 bits. */
    RVV(Architecture.RISCV64, "generic-rv64", "m,a,f,d,c,zfh,v");

    private final Architecture architecture;
    private final String cpu;
    private final List<String> features;

    Tier(Architecture architecture, String cpu, String features) {
        this.architecture = architecture;
        this.cpu = cpu;
        this.features = List.of(features.split(","));
    }

    Tier(Architecture architecture, String cpu, Tier base, String more) {
        this(architecture, cpu, String.join(",", base.features) + "," + more);
    }

    public Architecture architecture() {
        return architecture;
    }

    /** In LLVM's names; all must be there. */
    public List<String> features() {
        return features;
    }

    /** What to compile for. The same on each host of this tier, so that objects can be compared and shared. */
    public TargetMachine machine() {
        return new TargetMachine(architecture.triple(), cpu, "+" + String.join(",+", features));
    }

    /** The name that option SMELT_TIER takes: {@code vnni}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace("_", "");
    }
}
