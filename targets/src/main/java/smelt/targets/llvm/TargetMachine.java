package smelt.targets.llvm;

/**
 * What code is generated for, in LLVM's words.
 *
 * @param triple {@code x86_64-unknown-linux-gnu}; its first part chooses the code generator
 * @param cpu name of a CPU or level ({@code x86-64-v4}): sets a base of features, and the scheduling model
 * @param features {@code +avx512f,+avx512vnni}
 */
public record TargetMachine(String triple, String cpu, String features) {
    /** The architecture: {@code x86_64}, {@code aarch64}, {@code riscv64}. */
    public String architecture() {
        int dash = triple.indexOf('-');
        return dash < 0 ? triple : triple.substring(0, dash);
    }
}
