package smelt.targets.llvm;

import static smelt.targets.llvm.LlvmC.*;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Registers LLVM's code generators; each once, when first wanted. */
final class Targets {
    private static final Map<String, List<LlvmC>> INITIALIZERS = Map.of(
            "x86_64",
            List.of(
                    LLVMInitializeX86TargetInfo,
                    LLVMInitializeX86Target,
                    LLVMInitializeX86TargetMC,
                    LLVMInitializeX86AsmPrinter,
                    LLVMInitializeX86AsmParser),
            "aarch64",
            List.of(
                    LLVMInitializeAArch64TargetInfo,
                    LLVMInitializeAArch64Target,
                    LLVMInitializeAArch64TargetMC,
                    LLVMInitializeAArch64AsmPrinter,
                    LLVMInitializeAArch64AsmParser),
            "riscv64",
            List.of(
                    LLVMInitializeRISCVTargetInfo,
                    LLVMInitializeRISCVTarget,
                    LLVMInitializeRISCVTargetMC,
                    LLVMInitializeRISCVAsmPrinter,
                    LLVMInitializeRISCVAsmParser));

    private static final Set<String> DONE = ConcurrentHashMap.newKeySet();

    private Targets() {}

    /** LLVM's registry is not thread-safe, hence the lock. */
    static synchronized void initialize(String architecture) {
        List<LlvmC> initializers = INITIALIZERS.get(architecture);
        if (initializers == null) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED,
                    "smelt generates code for " + INITIALIZERS.keySet() + ", not for " + architecture);
        }
        if (DONE.add(architecture)) {
            initializers.forEach(LlvmC::call);
        }
    }

    /** Registers the code generator of this process's own machine; the linker asks it for the host's features. */
    static void initializeHost() {
        String arch = System.getProperty("os.arch", "");
        initialize(arch.equals("amd64") ? "x86_64" : arch);
    }
}
