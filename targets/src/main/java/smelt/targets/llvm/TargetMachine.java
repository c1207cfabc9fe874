package smelt.targets.llvm;

/**
 * What code is generated for, in LLVM's words.
 *
 * @param triple {@code x86_64-unknown-linux-gnu}; its first part chooses the code generator
 * @param cpu name of a CPU or level ({@code x86-64-v4}): sets a base of features, and the scheduling model
 * @param features {@code +avx512f,+avx512vnni}
 */
public record TargetMachine(String triple, String cpu, String features) {
    /** 64-bit Arm with int8 dot products and matrix multiply, as every server core since Neoverse V1. */
    public static final TargetMachine AARCH64 =
            new TargetMachine("aarch64-unknown-linux-gnu", "generic", "+neon,+dotprod,+i8mm,+fullfp16");

    /** 64-bit RISC-V with vectors of at least 128 bits. */
    public static final TargetMachine RISCV64 =
            new TargetMachine("riscv64-unknown-linux-gnu", "generic-rv64", "+m,+a,+f,+d,+c,+zfh,+v,+zvl128b");

    /** The architecture: {@code x86_64}, {@code aarch64}, {@code riscv64}. */
    public String architecture() {
        int dash = triple.indexOf('-');
        return dash < 0 ? triple : triple.substring(0, dash);
    }
}
