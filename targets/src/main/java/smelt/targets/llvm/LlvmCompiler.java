package smelt.targets.llvm;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import smelt.base.Failure;

/**
 * Compiles LLVM IR text. Any number of threads may use one compiler at once; each call has its own LLVM context.
 *
 * <p>Whatever the text says, its triple and data layout become those of the machine, and every function is marked
 * {@code no-builtins}. A few defects of IR (an operation that the machine cannot do at all) end the process inside LLVM
 * with its own message; the verifier finds the others.
 */
public final class LlvmCompiler implements AutoCloseable {
    private LlvmCompiler() {}

    /**
     * Loads LLVM, if this process has not yet.
     *
     * @throws Failure UNAVAILABLE where libLLVM is not found or cannot be loaded
     */
    public static LlvmCompiler load() {
        LlvmLibrary.get();
        return new LlvmCompiler();
    }

    /** LLVM's own version, {@code 20.1.7}, and the file it came from. */
    public String description() {
        return "LLVM " + LlvmLibrary.version() + " (" + LlvmLibrary.get().path() + ")";
    }

    /** What this process's CPU has, in LLVM's names: {@code avx2}, {@code dotprod}. */
    public Set<String> hostFeatures() {
        String signed = LlvmC.takeMessage(LlvmC.LLVMGetHostCPUFeatures.call());
        return Stream.of(signed.split(","))
                .filter(feature -> feature.startsWith("+"))
                .map(feature -> feature.substring(1))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** An ELF object of {@code ir}, optimised by {@link OptLevel#TIDY}. */
    public byte[] compileToObject(String moduleName, String ir, TargetMachine machine) {
        return compileToObject(moduleName, ir, machine, OptLevel.TIDY);
    }

    /**
     * An ELF object of {@code ir}.
     *
     * @throws Failure INTERNAL with LLVM's message and the offending line
     */
    public byte[] compileToObject(String moduleName, String ir, TargetMachine machine, OptLevel level) {
        try (LlvmModule module = LlvmModule.parse(moduleName, ir, machine)) {
            module.optimise(level);
            return module.emit(LlvmModule.FileType.OBJECT);
        }
    }

    /** The assembly of {@code ir}, in the machine's usual syntax. */
    public String assembly(String ir, TargetMachine machine) {
        try (LlvmModule module = LlvmModule.parse("explained", ir, machine)) {
            module.optimise(OptLevel.TIDY);
            return new String(module.emit(LlvmModule.FileType.ASSEMBLY), StandardCharsets.UTF_8);
        }
    }

    /** The IR that code is generated from: {@code ir} after {@link OptLevel#TIDY}. */
    public String optimisedIr(String ir, TargetMachine machine) {
        try (LlvmModule module = LlvmModule.parse("explained", ir, machine)) {
            module.optimise(OptLevel.TIDY);
            return module.print();
        }
    }

    /** LLVM stays loaded until the process ends: code linked by it may outlive the compiler. */
    @Override
    public void close() {}
}
