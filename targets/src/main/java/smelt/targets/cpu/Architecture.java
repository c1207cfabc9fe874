package smelt.targets.cpu;

import smelt.base.Failure;
import smelt.base.FailureCode;

/** Architectures of CPU that smelt generates code for. */
public enum Architecture {
    X86_64("x86_64-unknown-linux-gnu", "amd64"),
    AARCH64("aarch64-unknown-linux-gnu", "aarch64"),
    RISCV64("riscv64-unknown-linux-gnu", "riscv64");

    private final String triple;
    private final String osArch;

    Architecture(String triple, String osArch) {
        this.triple = triple;
        this.osArch = osArch;
    }

    /** LLVM's name of architecture and system. */
    public String triple() {
        return triple;
    }

    /** That of this process. */
    public static Architecture host() {
        String arch = System.getProperty("os.arch", "");
        for (Architecture known : values()) {
            if (known.osArch.equals(arch)) {
                return known;
            }
        }
        throw Failure.of(FailureCode.UNSUPPORTED, "smelt compiles for x86_64, aarch64 and riscv64, not for " + arch);
    }
}
