package smelt.targets.llvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Guards targets/llvm: IR text becomes functions of this process, and defects become failures. */
class NativeCodeTest {
    private static final FunctionDescriptor INT_OF_INTS =
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

    private final LlvmCompiler compiler = LlvmCompiler.load();

    private static String add(String name) {
        return """
               define i32 @%s(i32 %%a, i32 %%b) nounwind {
                 %%c = add i32 %%a, %%b
                 ret i32 %%c
               }
               """.formatted(name);
    }

    private byte[] object(String ir) {
        return compiler.compileToObject("test", ir, HostMachine.get());
    }

    @Test
    void textBecomesAFunctionThatJavaCalls() throws Throwable {
        try (NativeCode code = NativeCode.link(List.of(object(add("sum"))))) {
            MethodHandle sum = code.function("sum", INT_OF_INTS);
            assertThat((int) sum.invokeExact(40, 2)).isEqualTo(42);
            assertThat(code.sizes()).containsOnlyKeys("sum");
            assertThat(code.sizes().get("sum")).isPositive();
        }
    }

    @Test
    void objectsMayCallEachOther() throws Throwable {
        String caller = """
                        declare i32 @sum(i32, i32)
                        define i32 @twice(i32 %a, i32 %b) nounwind {
                          %c = call i32 @sum(i32 %a, i32 %b)
                          %d = call i32 @sum(i32 %c, i32 %c)
                          ret i32 %d
                        }
                        """;
        try (NativeCode code = NativeCode.link(List.of(object(caller), object(add("sum"))))) {
            assertThat((int) code.function("twice", INT_OF_INTS).invokeExact(3, 4))
                    .isEqualTo(14);
        }
    }

    @Test
    void aMissingFunctionIsNamedEvenIfTheProcessHasOneOfThatName() {
        String ir = """
                    declare float @fmaf(float, float, float)
                    declare float @nowhere(float)
                    define float @f(float %x) nounwind {
                      %y = call float @fmaf(float %x, float %x, float %x)
                      %z = call float @nowhere(float %y)
                      ret float %z
                    }
                    """;
        byte[] object = object(ir);
        Failure failure = catchThrowableOfType(Failure.class, () -> NativeCode.link(List.of(object)));
        assertThat(failure.code()).isEqualTo(FailureCode.INTERNAL);
        assertThat(failure.what()).contains("[fmaf, nowhere]");
    }

    @Test
    void aSyntaxErrorQuotesItsLine() {
        String ir = "define i32 @f() {\n  %x = addd i32 1, 2\n  ret i32 %x\n}\n";
        Failure failure = catchThrowableOfType(Failure.class, () -> object(ir));
        assertThat(failure.code()).isEqualTo(FailureCode.INTERNAL);
        assertThat(failure.what()).contains("test:2:8").contains("%x = addd i32 1, 2");
    }

    @Test
    void theVerifierQuotesTheInstruction() {
        String ir = "define i32 @f(i1 %c) {\n  br i1 %c, label %a, label %b\na:\n  %x = add i32 1, 2\n  br label %b\n"
                + "b:\n  ret i32 %x\n}\n";
        Failure failure = catchThrowableOfType(Failure.class, () -> object(ir));
        assertThat(failure.what()).contains("does not verify").contains("%x = add i32 1, 2");
    }

    @Test
    void badInlineAssemblyIsAFailureNotTheEndOfTheProcess() {
        String ir = "define void @f() {\n  call void asm sideeffect \"nonsense\", \"\"()\n  ret void\n}\n";
        Failure failure = catchThrowableOfType(Failure.class, () -> object(ir));
        assertThat(failure.what()).contains("nonsense");
    }

    @Test
    void clearingLoopsCallNoLibrary() {
        String ir = """
                    define void @clear(ptr %p, i64 %n) nounwind {
                    entry:
                      br label %loop
                    loop:
                      %i = phi i64 [ 0, %entry ], [ %next, %loop ]
                      %q = getelementptr i8, ptr %p, i64 %i
                      store i8 0, ptr %q
                      %next = add i64 %i, 1
                      %done = icmp eq i64 %next, %n
                      br i1 %done, label %end, label %loop
                    end:
                      ret void
                    }
                    """;
        for (OptLevel level : OptLevel.values()) {
            byte[] object = compiler.compileToObject("clear", ir, HostMachine.get(), level);
            assertThat(ElfObject.read(object).undefined()).as(level.name()).isEmpty();
        }
    }

    @Test
    void multiplyAndAddStayTwoInstructionsAndFmaOne() {
        String ir = """
                    declare <8 x float> @llvm.fma.v8f32(<8 x float>, <8 x float>, <8 x float>)
                    define <8 x float> @apart(<8 x float> %a, <8 x float> %b, <8 x float> %c) nounwind {
                      %m = fmul <8 x float> %a, %b
                      %s = fadd <8 x float> %m, %c
                      ret <8 x float> %s
                    }
                    define <8 x float> @fused(<8 x float> %a, <8 x float> %b, <8 x float> %c) nounwind {
                      %s = call <8 x float> @llvm.fma.v8f32(<8 x float> %a, <8 x float> %b, <8 x float> %c)
                      ret <8 x float> %s
                    }
                    """;
        TargetMachine avx2 = new TargetMachine("x86_64-unknown-linux-gnu", "x86-64-v3", "+fma,+avx2");
        String assembly = compiler.assembly(ir, avx2);
        String apart = assembly.substring(assembly.indexOf("apart:"), assembly.indexOf("fused:"));
        assertThat(apart).contains("vmulps").contains("vaddps").doesNotContain("vfm");
        assertThat(assembly.substring(assembly.indexOf("fused:"))).contains("vfmadd");
        assertThat(compiler.optimisedIr(ir, avx2)).contains("fmul <8 x float>").contains("@llvm.fma.v8f32");
    }

    @Test
    void threadsCompileSideBySide() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<byte[]>> jobs = IntStream.range(0, 24)
                    .mapToObj(i -> (Callable<byte[]>) () -> object(add("sum" + i % 3)))
                    .toList();
            List<byte[]> objects = threads.invokeAll(jobs).stream()
                    .map(java.util.concurrent.Future::resultNow)
                    .toList();
            for (int i = 3; i < objects.size(); i++) {
                assertThat(objects.get(i)).isEqualTo(objects.get(i % 3));
            }
        }
    }
}
