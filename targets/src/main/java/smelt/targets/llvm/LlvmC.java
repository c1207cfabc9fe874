package smelt.targets.llvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * The functions of LLVM's C interface that smelt calls, named as in {@code llvm-c/*.h}, with their number of arguments.
 *
 * <p>Arguments and results are pointers, sizes and ints, five at most. On x86-64, AArch64 and RISC-V each travels in a
 * 64-bit integer register, and a function does not see the registers beyond its last argument. So one adapter, of five
 * longs and a long result, calls them all; linking one per signature would be most of the start-up time of a compile.
 * The result of a void function is meaningless, that of an int function is its low half.
 */
enum LlvmC {
    LLVMGetVersion(3),
    LLVMDisposeMessage(1),

    LLVMContextCreate(0),
    LLVMContextDispose(1),
    LLVMContextSetDiagnosticHandler(3),
    LLVMGetDiagInfoDescription(1),
    LLVMGetDiagInfoSeverity(1),

    LLVMCreateMemoryBufferWithMemoryRangeCopy(3),
    LLVMDisposeMemoryBuffer(1),
    LLVMGetBufferStart(1),
    LLVMGetBufferSize(1),

    LLVMParseIRInContext(4),
    LLVMDisposeModule(1),
    LLVMSetModuleIdentifier(3),
    LLVMSetTarget(2),
    LLVMSetModuleDataLayout(2),
    LLVMVerifyModule(3),
    LLVMPrintModuleToString(1),
    LLVMGetFirstFunction(1),
    LLVMGetNextFunction(1),
    LLVMIsDeclaration(1),
    LLVMCreateStringAttribute(5),
    LLVMAddAttributeAtIndex(3),

    LLVMGetTargetFromTriple(3),
    LLVMCreateTargetMachineOptions(0),
    LLVMTargetMachineOptionsSetCPU(2),
    LLVMTargetMachineOptionsSetFeatures(2),
    LLVMTargetMachineOptionsSetCodeGenOptLevel(2),
    LLVMTargetMachineOptionsSetRelocMode(2),
    LLVMTargetMachineOptionsSetCodeModel(2),
    LLVMDisposeTargetMachineOptions(1),
    LLVMCreateTargetMachineWithOptions(3),
    LLVMDisposeTargetMachine(1),
    LLVMCreateTargetDataLayout(1),
    LLVMDisposeTargetData(1),
    LLVMTargetMachineEmitToMemoryBuffer(5),
    LLVMGetHostCPUFeatures(0),

    LLVMCreatePassBuilderOptions(0),
    LLVMPassBuilderOptionsSetLoopVectorization(2),
    LLVMPassBuilderOptionsSetSLPVectorization(2),
    LLVMPassBuilderOptionsSetLoopInterleaving(2),
    LLVMDisposePassBuilderOptions(1),
    LLVMRunPasses(4),

    LLVMOrcCreateLLJIT(2),
    LLVMOrcDisposeLLJIT(1),
    LLVMOrcLLJITGetMainJITDylib(1),
    LLVMOrcLLJITAddObjectFile(3),
    LLVMOrcLLJITLookup(3),
    LLVMGetErrorMessage(1),
    LLVMDisposeErrorMessage(1),

    LLVMInitializeX86TargetInfo(0),
    LLVMInitializeX86Target(0),
    LLVMInitializeX86TargetMC(0),
    LLVMInitializeX86AsmPrinter(0),
    LLVMInitializeX86AsmParser(0),
    LLVMInitializeAArch64TargetInfo(0),
    LLVMInitializeAArch64Target(0),
    LLVMInitializeAArch64TargetMC(0),
    LLVMInitializeAArch64AsmPrinter(0),
    LLVMInitializeAArch64AsmParser(0),
    LLVMInitializeRISCVTargetInfo(0),
    LLVMInitializeRISCVTarget(0),
    LLVMInitializeRISCVTargetMC(0),
    LLVMInitializeRISCVAsmPrinter(0),
    LLVMInitializeRISCVAsmParser(0);

    private static final MethodHandle CALL = Linker.nativeLinker()
            .downcallHandle(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final int MOST_ARGUMENTS = 5;
    /** No message of LLVM's is longer; bounds the search for its final zero. */
    private static final long LONGEST_STRING = 1L << 31;

    private final int arity;
    private volatile @Nullable MemorySegment address;

    LlvmC(int arity) {
        this.arity = arity;
    }

    /** Calls the function; a {@code long} argument is a pointer, a size or an int. */
    long call(long... arguments) {
        if (arguments.length != arity) {
            throw new IllegalArgumentException(this + " takes " + arity + " arguments");
        }
        MemorySegment function = address;
        if (function == null) {
            function = LlvmLibrary.get().find(name());
            address = function;
        }
        long[] a = Arrays.copyOf(arguments, MOST_ARGUMENTS);
        try {
            return (long) CALL.invokeExact(function, a[0], a[1], a[2], a[3], a[4]);
        } catch (Throwable e) {
            throw Failure.of(FailureCode.INTERNAL, name() + " could not be called")
                    .withCause(e);
        }
    }

    /** The C string at {@code pointer}; empty for a null pointer. */
    static String string(long pointer) {
        return pointer == 0
                ? ""
                : MemorySegment.ofAddress(pointer).reinterpret(LONGEST_STRING).getString(0);
    }

    /** The C string at {@code pointer}, which LLVM allocated and which is freed here. */
    static String takeMessage(long pointer) {
        String text = string(pointer);
        if (pointer != 0) {
            LLVMDisposeMessage.call(pointer);
        }
        return text.strip();
    }

    /** A copy of the bytes of an LLVM memory buffer, which is freed here. */
    static byte[] takeBuffer(long buffer) {
        try {
            return MemorySegment.ofAddress(LLVMGetBufferStart.call(buffer))
                    .reinterpret(LLVMGetBufferSize.call(buffer))
                    .toArray(JAVA_BYTE);
        } finally {
            LLVMDisposeMemoryBuffer.call(buffer);
        }
    }

    /** A new LLVM memory buffer with a copy of {@code bytes}; its owner is the caller. */
    static long copyToBuffer(byte[] bytes, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(Math.max(1, bytes.length));
            data.copyFrom(MemorySegment.ofArray(bytes));
            return LLVMCreateMemoryBufferWithMemoryRangeCopy.call(
                    data.address(), bytes.length, arena.allocateFrom(name).address());
        }
    }
}
