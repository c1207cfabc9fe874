package smelt.targets.llvm;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * LLVM IR of the size and shape that kernels have: int8 matrix products of 32 rows with 1 to 12 tokens, blocks of 32,
 * unrolled over groups of 4 bytes and tokens, one loop over the blocks.
 */
final class GemmText {
    private static final int PANELS = 2;
    private static final int GROUPS = 8;

    private final StringBuilder text = new StringBuilder();
    private int names;

    private GemmText() {}

    /** {@code count} functions {@code gemm0}, {@code gemm1}, ...; about 4,000 lines for 8. */
    static String module(int count) {
        GemmText gemm = new GemmText();
        gemm.line("declare <16 x i32> @llvm.x86.avx512.vpdpbusd.512(<16 x i32>, <16 x i32>, <16 x i32>)");
        gemm.line("declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)");
        for (int i = 0; i < count; i++) {
            gemm.function("gemm" + i, new int[] {1, 2, 4, 8, 12, 12, 6, 3}[i % 8]);
        }
        return gemm.text.toString();
    }

    private void line(String format, Object... arguments) {
        text.append(String.format(format, arguments)).append('\n');
    }

    private String name() {
        return "%v" + names++;
    }

    private String pointer(String base, String offset) {
        String result = name();
        line("  %s = getelementptr i8, ptr %s, i64 %s", result, base, offset);
        return result;
    }

    private void function(String function, int tokens) {
        int accumulators = PANELS * tokens;
        line("define void @%s(ptr noalias %%w, ptr noalias %%x, ptr noalias %%out, i64 %%blocks) nounwind {", function);
        line("entry:\n  br label %%loop\nloop:");
        line("  %%b = phi i64 [ 0, %%entry ], [ %%b1, %%loop ]");
        for (int a = 0; a < accumulators; a++) {
            line("  %%c%d = phi <16 x float> [ zeroinitializer, %%entry ], [ %%n%d, %%loop ]", a, a);
        }
        String weights = name();
        line("  %s = mul i64 %%b, %d", weights, PANELS * (GROUPS * 64 + 64));
        String activations = name();
        line("  %s = mul i64 %%b, %d", activations, tokens * (GROUPS * 4 + 4));
        block(tokens, pointer("%w", weights), pointer("%x", activations));
        line("  %%b1 = add i64 %%b, 1\n  %%end = icmp eq i64 %%b1, %%blocks\n"
                + "  br i1 %%end, label %%out0, label %%loop");
        line("out0:");
        for (int a = 0; a < accumulators; a++) {
            line("  store <16 x float> %%n%d, ptr %s, align 64", a, pointer("%out", Integer.toString(64 * a)));
        }
        line("  ret void\n}\n");
    }

    private void block(int tokens, String weights, String activations) {
        String[] sums = IntStream.range(0, PANELS * tokens)
                .mapToObj(i -> "zeroinitializer")
                .toArray(String[]::new);
        for (int g = 0; g < GROUPS; g++) {
            String[] panels = new String[PANELS];
            for (int p = 0; p < PANELS; p++) {
                panels[p] = name();
                String at = pointer(weights, Integer.toString(p * (GROUPS * 64 + 64) + 64 * g));
                line("  %s = load <16 x i32>, ptr %s, align 64", panels[p], at);
            }
            for (int t = 0; t < tokens; t++) {
                String x = broadcast("i32", pointer(activations, Integer.toString(t * 36 + 4 * g)));
                for (int p = 0; p < PANELS; p++) {
                    String sum = name();
                    line(
                            "  %s = call <16 x i32> @llvm.x86.avx512.vpdpbusd.512("
                                    + "<16 x i32> %s, <16 x i32> %s, <16 x i32> %s)",
                            sum, sums[t * PANELS + p], panels[p], x);
                    sums[t * PANELS + p] = sum;
                }
            }
        }
        scale(tokens, weights, activations, sums);
    }

    private void scale(int tokens, String weights, String activations, String[] sums) {
        for (int t = 0; t < tokens; t++) {
            String dx = broadcast("float", pointer(activations, Integer.toString(t * 36 + 32)));
            for (int p = 0; p < PANELS; p++) {
                int a = t * PANELS + p;
                String dw = name();
                String at = pointer(weights, Integer.toString(p * (GROUPS * 64 + 64) + 64 * GROUPS));
                line("  %s = load <16 x float>, ptr %s, align 64", dw, at);
                String d = name();
                line("  %s = fmul <16 x float> %s, %s", d, dw, dx);
                String f = name();
                line("  %s = sitofp <16 x i32> %s to <16 x float>", f, sums[a]);
                line(
                        "  %%n%d = call <16 x float> @llvm.fma.v16f32("
                                + "<16 x float> %s, <16 x float> %s, <16 x float> %%c%d)",
                        a, f, d, a);
            }
        }
    }

    private String broadcast(String type, String pointer) {
        String one = name();
        line("  %s = load %s, ptr %s", one, type, pointer);
        String inserted = name();
        line("  %s = insertelement <16 x %s> poison, %s %s, i32 0", inserted, type, type, one);
        String all = name();
        String zeros = IntStream.range(0, 16).mapToObj(i -> "i32 0").collect(Collectors.joining(", "));
        line("  %s = shufflevector <16 x %s> %s, <16 x %s> poison, <16 x i32> <%s>", all, type, inserted, type, zeros);
        return all;
    }
}
