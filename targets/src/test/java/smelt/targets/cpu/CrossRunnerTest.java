package smelt.targets.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guards targets/llvm: objects of every architecture run, and compute the same bits. */
class CrossRunnerTest {
    /**
     * buffer: 16 floats x, 16 floats y, 16 bytes of i8 pairs; x = fma(x, y, f32(i8)), y = x / y + table[1], a barrier
     * alone, then 16 halves h at 320: h = 3 h.
     */
    private static final String IR = """
        @table = private constant [4 x float] [float 1.0, float 2.0, float 3.0, float 4.0]
        declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)
        define void @kernel(ptr %p) nounwind {
          %x = load <16 x float>, ptr %p
          %py = getelementptr i8, ptr %p, i64 64
          %y = load <16 x float>, ptr %py
          %pb = getelementptr i8, ptr %p, i64 128
          %b = load <16 x i8>, ptr %pb
          %wide = sext <16 x i8> %b to <16 x i32>
          %square = mul <16 x i32> %wide, %wide
          %z = sitofp <16 x i32> %square to <16 x float>
          %r = call <16 x float> @llvm.fma.v16f32(<16 x float> %x, <16 x float> %y, <16 x float> %z)
          store <16 x float> %r, ptr %p
          %q = fdiv <16 x float> %r, %y
          %i = load i8, ptr %pb
          %i3 = and i8 %i, 3
          %i64 = zext i8 %i3 to i64
          %pt = getelementptr float, ptr @table, i64 %i64
          %t = load float, ptr %pt
          %v = insertelement <16 x float> poison, float %t, i32 0
          %w = shufflevector <16 x float> %v, <16 x float> poison, <16 x i32> zeroinitializer
          %s = fadd <16 x float> %q, %w
          store <16 x float> %s, ptr %py
          %ph = getelementptr i8, ptr %p, i64 320
          %h = load <16 x half>, ptr %ph
          %f = fpext <16 x half> %h to <16 x float>
          %f3 = fmul <16 x float> %f, splat (float 3.0)
          %g = fptrunc <16 x float> %f3 to <16 x half>
          store <16 x half> %g, ptr %ph
          %pz = getelementptr i8, ptr %p, i64 192
          call void @smelt_barrier(ptr %pz, i32 0, i32 1)
          ret void
        }
        """;

    @ParameterizedTest
    @EnumSource
    void everyArchitectureGivesTheSameBits(Architecture architecture) {
        CrossRunner.assumeRunnable(architecture);
        ByteBuffer buffer = ByteBuffer.allocate(352).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer expected = ByteBuffer.allocate(352).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 16; i++) {
            float x = (float) Math.exp(i - 8.5);
            float y = 0.3f * i - 2.1f;
            byte b = (byte) (i * 37 + 5);
            buffer.putFloat(4 * i, x)
                    .putFloat(64 + 4 * i, y)
                    .put(128 + i, b)
                    .putShort(320 + 2 * i, Float.floatToFloat16(y));
            float r = Math.fma(x, y, (float) (b * b));
            expected.putFloat(4 * i, r).putFloat(64 + 4 * i, r / y + 2f).put(128 + i, b);
            float h = Float.float16ToFloat(Float.floatToFloat16(y));
            expected.putShort(320 + 2 * i, Float.floatToFloat16(h * 3f));
        }
        try (CrossRunner runner = CrossRunner.open()) {
            String ir = Barrier.ir(architecture) + IR;
            assertThat(runner.run(architecture, ir, "kernel", buffer.array())).isEqualTo(expected.array());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLibraryCallDoesNotLink(Architecture architecture) {
        CrossRunner.assumeRunnable(architecture);
        String ir = "declare float @expf(float)\ndefine void @kernel(ptr %p) {\n  %x = load float, ptr %p\n"
                + "  %y = call float @expf(float %x)\n  store float %y, ptr %p\n  ret void\n}\n";
        try (CrossRunner runner = CrossRunner.open()) {
            assertThatThrownBy(() -> runner.run(architecture, ir, "kernel", new byte[4]))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("expf");
        }
    }
}
