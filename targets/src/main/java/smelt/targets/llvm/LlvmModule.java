package smelt.targets.llvm;

import static smelt.targets.llvm.LlvmC.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** One module in a context of its own, with the code generator of one machine; used by one thread. */
final class LlvmModule implements AutoCloseable {
    /** LLVMVerifierFailureAction: return the message instead of printing it or aborting. */
    private static final long RETURN_STATUS = 2;
    /** LLVMAttributeFunctionIndex. */
    private static final long FUNCTION_INDEX = 0xFFFF_FFFFL;

    private static final long CODEGEN_DEFAULT = 2;
    private static final long RELOC_PIC = 2;
    private static final long CODE_MODEL_SMALL = 3;

    private final String name;
    private final Arena arena = Arena.ofConfined();
    private final Diagnostics diagnostics = new Diagnostics();
    private final long context = LLVMContextCreate.call();
    private long module;
    private long machine;

    private LlvmModule(String name) {
        this.name = name;
        diagnostics.attachTo(context);
    }

    /**
     * Parses and verifies {@code ir} for {@code machine}.
     *
     * @throws Failure INTERNAL with LLVM's message, which quotes the offending line
     */
    static LlvmModule parse(String name, String ir, TargetMachine machine) {
        LlvmModule result = new LlvmModule(name);
        try {
            result.read(ir);
            result.aim(machine);
            result.verify();
            return result;
        } catch (Throwable e) {
            result.close();
            throw e;
        }
    }

    private void read(String ir) {
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG, 2);
        long buffer = copyToBuffer(ir.getBytes(StandardCharsets.UTF_8), name);
        // The parser owns the buffer from here on.
        long failed = LLVMParseIRInContext.call(context, buffer, out.address(), out.address() + 8);
        if ((int) failed != 0) {
            throw refused("is not LLVM IR", takeMessage(out.getAtIndex(ValueLayout.JAVA_LONG, 1)));
        }
        module = out.getAtIndex(ValueLayout.JAVA_LONG, 0);
        LLVMSetModuleIdentifier.call(module, text(name), name.getBytes(StandardCharsets.UTF_8).length);
    }

    private void aim(TargetMachine wanted) {
        Targets.initialize(wanted.architecture());
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG, 2);
        long triple = text(wanted.triple());
        if ((int) LLVMGetTargetFromTriple.call(triple, out.address(), out.address() + 8) != 0) {
            throw refused("has no code generator", takeMessage(out.getAtIndex(ValueLayout.JAVA_LONG, 1)));
        }
        machine = createMachine(out.getAtIndex(ValueLayout.JAVA_LONG, 0), triple, wanted);
        LLVMSetTarget.call(module, triple);
        long layout = LLVMCreateTargetDataLayout.call(machine);
        LLVMSetModuleDataLayout.call(module, layout);
        LLVMDisposeTargetData.call(layout);
        forbidLibraryCalls();
    }

    private long createMachine(long target, long triple, TargetMachine wanted) {
        long options = LLVMCreateTargetMachineOptions.call();
        LLVMTargetMachineOptionsSetCPU.call(options, text(wanted.cpu()));
        LLVMTargetMachineOptionsSetFeatures.call(options, text(wanted.features()));
        LLVMTargetMachineOptionsSetCodeGenOptLevel.call(options, CODEGEN_DEFAULT);
        LLVMTargetMachineOptionsSetRelocMode.call(options, RELOC_PIC);
        LLVMTargetMachineOptionsSetCodeModel.call(options, CODE_MODEL_SMALL);
        long result = LLVMCreateTargetMachineWithOptions.call(target, triple, options);
        LLVMDisposeTargetMachineOptions.call(options);
        return result;
    }

    /** Without it loops that clear or copy memory become calls of memset and memcpy, which no one links. */
    private void forbidLibraryCalls() {
        String attribute = "no-builtins";
        long noBuiltins = LLVMCreateStringAttribute.call(context, text(attribute), attribute.length(), text(""), 0);
        for (long f = LLVMGetFirstFunction.call(module); f != 0; f = LLVMGetNextFunction.call(f)) {
            if ((int) LLVMIsDeclaration.call(f) == 0) {
                LLVMAddAttributeAtIndex.call(f, FUNCTION_INDEX, noBuiltins);
            }
        }
    }

    private void verify() {
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
        long broken = LLVMVerifyModule.call(module, RETURN_STATUS, out.address());
        String message = takeMessage(out.get(ValueLayout.JAVA_LONG, 0));
        if ((int) broken != 0) {
            throw refused("does not verify", message);
        }
    }

    /** Runs LLVM's passes {@code level}, in place. */
    void optimise(OptLevel level) {
        long options = LLVMCreatePassBuilderOptions.call();
        try {
            LLVMPassBuilderOptionsSetLoopVectorization.call(options, 0);
            LLVMPassBuilderOptionsSetSLPVectorization.call(options, 0);
            LLVMPassBuilderOptionsSetLoopInterleaving.call(options, 0);
            long error = LLVMRunPasses.call(module, text(level.passes()), machine, options);
            if (error != 0) {
                throw refused("was not optimised by " + level.passes(), NativeCode.takeError(error));
            }
        } finally {
            LLVMDisposePassBuilderOptions.call(options);
        }
    }

    /** The module as text. */
    String print() {
        return takeMessage(LLVMPrintModuleToString.call(module)) + "\n";
    }

    /** Assembly text or an ELF object. Uses the module up. */
    byte[] emit(FileType type) {
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG, 2);
        long failed = LLVMTargetMachineEmitToMemoryBuffer.call(
                machine, module, type.ordinal(), out.address(), out.address() + 8);
        if ((int) failed != 0) {
            throw refused("cannot be emitted", takeMessage(out.getAtIndex(ValueLayout.JAVA_LONG, 0)));
        }
        byte[] result = takeBuffer(out.getAtIndex(ValueLayout.JAVA_LONG, 1));
        if (diagnostics.hasErrors()) {
            throw refused("cannot be emitted", "");
        }
        return result;
    }

    /** In the order of LLVMCodeGenFileType. */
    enum FileType {
        ASSEMBLY,
        OBJECT
    }

    private Failure refused(String what, String message) {
        return Failure.of(
                FailureCode.INTERNAL,
                "Module " + name + " " + what + ": " + (message + "\n" + diagnostics.text()).strip());
    }

    private long text(String string) {
        return arena.allocateFrom(string).address();
    }

    @Override
    public void close() {
        if (machine != 0) {
            LLVMDisposeTargetMachine.call(machine);
        }
        if (module != 0) {
            LLVMDisposeModule.call(module);
        }
        LLVMContextDispose.call(context);
        diagnostics.close();
        arena.close();
    }
}
