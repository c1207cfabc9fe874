package smelt.targets.cpu;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Steps, as LLVM IR text, that reach a limit of the machine and compute nothing of use. Their context: 0: pointer to
 * data; 8: i64 bytes of data for each thread; 16: i64 rounds; from 64 on: 64 bytes for each thread, where it leaves a
 * result so that no work is dead.
 */
final class LimitKernels {
    /** Enough to hide a latency of 5 cycles at two instructions a cycle. */
    private static final int CHAINS = 12;
    /** Dependent additions in a round of {@code @clock}. */
    static final int ADDITIONS = 256;

    private static final String HEAD = """
        define void @%s(ptr %%context, i32 %%thread, i32 %%threads) nounwind {
        entry:
          %%data = load ptr, ptr %%context
          %%p8 = getelementptr i8, ptr %%context, i64 8
          %%bytes = load i64, ptr %%p8
          %%p16 = getelementptr i8, ptr %%context, i64 16
          %%rounds = load i64, ptr %%p16
          %%t = zext i32 %%thread to i64
          %%t1 = add i64 %%t, 1
          %%t64 = shl i64 %%t1, 6
          %%result = getelementptr i8, ptr %%context, i64 %%t64
          %%begin = mul i64 %%bytes, %%t
          %%own = getelementptr i8, ptr %%data, i64 %%begin
        """;

    private LimitKernels() {}

    static String ir(Tier tier) {
        return declarations() + touch() + sweep() + clock(tier.architecture()) + fma(tier) + int8(tier);
    }

    private static String declarations() {
        return """
               declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)
               declare <8 x float> @llvm.fma.v8f32(<8 x float>, <8 x float>, <8 x float>)
               declare <4 x float> @llvm.fma.v4f32(<4 x float>, <4 x float>, <4 x float>)
               """;
    }

    /** Writes one word of each 4 KiB page of the thread's own share: pages that were never written share one. */
    private static String touch() {
        return HEAD.formatted("touch") + """
                 br label %loop
               loop:
                 %i = phi i64 [ 0, %entry ], [ %next, %loop ]
                 %at = getelementptr i8, ptr %own, i64 %i
                 store i64 0, ptr %at
                 %next = add i64 %i, 4096
                 %more = icmp ult i64 %next, %bytes
                 br i1 %more, label %loop, label %out
               out:
                 ret void
               }
               """;
    }

    /** Reads the thread's own share once a round, 4 chains of 64 bytes. */
    private static String sweep() {
        StringBuilder text = new StringBuilder(HEAD.formatted("sweep"));
        text.append("  br label %loop\nloop:\n  %r = phi i64 [ 0, %entry ], [ %r1, %turn ]\n  br label %read\nread:\n");
        text.append("  %i = phi i64 [ 0, %loop ], [ %next, %read ]\n");
        for (int c = 0; c < 4; c++) {
            text.append("""
                  %%s%1$d = phi <16 x i32> [ zeroinitializer, %%loop ], [ %%n%1$d, %%read ]
                """.formatted(c));
        }
        for (int c = 0; c < 4; c++) {
            text.append("""
                  %%o%1$d = add i64 %%i, %2$d
                  %%a%1$d = getelementptr i8, ptr %%own, i64 %%o%1$d
                  %%v%1$d = load <16 x i32>, ptr %%a%1$d, align 64
                  %%n%1$d = add <16 x i32> %%s%1$d, %%v%1$d
                """.formatted(c, 64 * c));
        }
        return text.append("""
              %next = add i64 %i, 256
              %more = icmp ult i64 %next, %bytes
              br i1 %more, label %read, label %turn
            turn:
              %x = add <16 x i32> %n0, %n1
              %y = add <16 x i32> %n2, %n3
              %z = add <16 x i32> %x, %y
              store volatile <16 x i32> %z, ptr %result
              %r1 = add i64 %r, 1
              %again = icmp ult i64 %r1, %rounds
              br i1 %again, label %loop, label %out
            out:
              ret void
            }
            """).toString();
    }

    /**
     * A chain of additions of registers, one cycle each; assembly, since LLVM would fold it, and not of constants,
     * since some CPUs fold those when they rename registers.
     */
    private static String clock(Architecture architecture) {
        String add = switch (architecture) {
            case X86_64 -> "addq $2, $0";
            case AARCH64, RISCV64 -> "add $0, $0, $2";
        };
        String body = IntStream.range(0, ADDITIONS)
                .mapToObj(i -> "  %%c%d = call i64 asm sideeffect \"%s\", \"=r,0,r\"(i64 %%c%s, i64 %%t1)\n"
                        .formatted(i + 1, add, i))
                .collect(Collectors.joining());
        return loop(
                "clock",
                "i64",
                1,
                "  %c0 = add i64 %acc0, 0\n" + body + "  %new0 = add i64 %c" + ADDITIONS + ", 0\n",
                "");
    }

    private static String fma(Tier tier) {
        int lanes = f32Lanes(tier);
        String vector = "<" + lanes + " x float>";
        String body = IntStream.range(0, CHAINS)
                .mapToObj(c -> "  %%new%d = call %s @llvm.fma.v%df32(%s %%acc%d, %s %%w, %s %%acc%d)\n"
                        .formatted(c, vector, lanes, vector, c, vector, vector, c))
                .collect(Collectors.joining());
        // The data is all zero: results stay 0, and no denormal slows a CPU down.
        return loop("fma", vector, CHAINS, body, "  %w = load " + vector + ", ptr %own, align 64\n");
    }

    private static int f32Lanes(Tier tier) {
        return switch (tier) {
            case AVX2, AVX_VNNI -> 8;
            case AVX512, VNNI, AMX -> 16;
            case NEON, DOTPROD, I8MM, RVV -> 4;
        };
    }

    /** Float operations (a multiplication and an addition are two) in a round of {@code @fma}. */
    static long f32Operations(Tier tier) {
        return 2L * CHAINS * f32Lanes(tier);
    }

    /** Integer operations in a round of {@code @int8}; 0 where the tier has no instruction for dots of bytes. */
    static long int8Operations(Tier tier) {
        return switch (tier) {
            case AVX2, AVX_VNNI -> 2L * CHAINS * 32;
            case AVX512, VNNI -> 2L * CHAINS * 64;
            case AMX -> 2L * 4 * 16 * 16 * 64;
            case DOTPROD -> 2L * CHAINS * 16;
            case I8MM -> 2L * CHAINS * 32;
            case NEON, RVV -> 0;
        };
    }

    private static String int8(Tier tier) {
        return switch (tier) {
            case AVX2 -> pairs(8, "@llvm.x86.avx2.pmadd.ub.sw", "@llvm.x86.avx2.pmadd.wd");
            case AVX512 -> pairs(16, "@llvm.x86.avx512.pmaddubs.w.512", "@llvm.x86.avx512.pmaddw.d.512");
            case AVX_VNNI -> dots("@llvm.x86.avx512.vpdpbusd.256", "<8 x i32>", "<8 x i32>");
            case VNNI -> dots("@llvm.x86.avx512.vpdpbusd.512", "<16 x i32>", "<16 x i32>");
            case AMX -> tiles();
            case DOTPROD -> dots("@llvm.aarch64.neon.sdot.v4i32.v16i8", "<4 x i32>", "<16 x i8>");
            case I8MM -> dots("@llvm.aarch64.neon.smmla.v4i32.v16i8", "<4 x i32>", "<16 x i8>");
            case NEON, RVV -> "";
        };
    }

    private static String dots(String intrinsic, String sums, String bytes) {
        String body = IntStream.range(0, CHAINS)
                .mapToObj(c -> "  %%new%d = call %s %s(%s %%acc%d, %s %%w, %s %%w)\n"
                        .formatted(c, sums, intrinsic, sums, c, bytes, bytes))
                .collect(Collectors.joining());
        String declare = "declare %s %s(%s, %s, %s)\n".formatted(sums, intrinsic, sums, bytes, bytes);
        return declare + loop("int8", sums, CHAINS, body, "  %w = load " + bytes + ", ptr %own, align 64\n");
    }

    /** Products of bytes, added in pairs twice; the sums are the next factors, so that none can leave the loop. */
    private static String pairs(int lanes, String bytePairs, String shortPairs) {
        String i8 = "<" + 4 * lanes + " x i8>";
        String i16 = "<" + 2 * lanes + " x i16>";
        String i32 = "<" + lanes + " x i32>";
        String body = IntStream.range(0, CHAINS)
                .mapToObj(c -> """
                      %%b%1$d = bitcast %4$s %%acc%1$d to %2$s
                      %%s%1$d = call %3$s %5$s(%2$s %%b%1$d, %2$s %%w)
                      %%d%1$d = call %4$s %6$s(%3$s %%s%1$d, %3$s %%ones)
                      %%new%1$d = add %4$s %%acc%1$d, %%d%1$d
                    """.formatted(c, i8, i16, i32, bytePairs, shortPairs))
                .collect(Collectors.joining());
        String declare = "declare %s %s(%s, %s)\ndeclare %s %s(%s, %s)\n"
                .formatted(i16, bytePairs, i8, i8, i32, shortPairs, i16, i16);
        String before =
                "  %%w = load %s, ptr %%own, align 64\n  %%ones = load %s, ptr %%own, align 64\n".formatted(i8, i16);
        return declare + loop("int8", i32, CHAINS, body, before);
    }

    /** 2 x 2 tiles of sums from 2 and 2 of factors. */
    private static String tiles() {
        StringBuilder text = new StringBuilder("""
            declare x86_amx @llvm.x86.tilezero.internal(i16, i16)
            declare x86_amx @llvm.x86.tileloadd64.internal(i16, i16, ptr, i64)
            declare x86_amx @llvm.x86.tdpbusd.internal(i16, i16, i16, x86_amx, x86_amx, x86_amx)
            declare void @llvm.x86.tilestored64.internal(i16, i16, ptr, i64, x86_amx)
            """);
        text.append(HEAD.formatted("int8"));
        for (int i = 0; i < 4; i++) {
            text.append("  %%w%d = call x86_amx @llvm.x86.tileloadd64.internal(i16 16, i16 64, ptr %%own, i64 64)\n"
                    .formatted(i));
            text.append("  %%z%d = call x86_amx @llvm.x86.tilezero.internal(i16 16, i16 64)\n".formatted(i));
        }
        text.append("  br label %loop\nloop:\n  %r = phi i64 [ 0, %entry ], [ %r1, %loop ]\n");
        for (int i = 0; i < 4; i++) {
            text.append("  %%acc%1$d = phi x86_amx [ %%z%1$d, %%entry ], [ %%new%1$d, %%loop ]\n".formatted(i));
        }
        for (int i = 0; i < 4; i++) {
            text.append(("  %%new%d = call x86_amx @llvm.x86.tdpbusd.internal(i16 16, i16 64, i16 64,"
                            + " x86_amx %%acc%d, x86_amx %%w%d, x86_amx %%w%d)\n")
                    .formatted(i, i, i / 2, 2 + i % 2));
        }
        text.append("  %r1 = add i64 %r, 1\n  %again = icmp ult i64 %r1, %rounds\n");
        text.append("  br i1 %again, label %loop, label %out\nout:\n");
        for (int i = 0; i < 4; i++) {
            text.append(("  call void @llvm.x86.tilestored64.internal(i16 16, i16 64, ptr %%own, i64 64,"
                            + " x86_amx %%new%d)\n")
                    .formatted(i));
        }
        return text.append("  ret void\n}\n").toString();
    }

    /** A loop over the rounds with {@code chains} values %acc -> %new, all xored or added into the result. */
    private static String loop(String name, String type, int chains, String body, String before) {
        StringBuilder text = new StringBuilder(HEAD.formatted(name)).append(before);
        text.append("  br label %loop\nloop:\n  %r = phi i64 [ 0, %entry ], [ %r1, %loop ]\n");
        String zero = type.startsWith("<") ? "zeroinitializer" : "0";
        for (int c = 0; c < chains; c++) {
            text.append("  %%acc%1$d = phi %2$s [ %3$s, %%entry ], [ %%new%1$d, %%loop ]\n".formatted(c, type, zero));
        }
        text.append(body);
        text.append("  %r1 = add i64 %r, 1\n  %again = icmp ult i64 %r1, %rounds\n");
        text.append("  br i1 %again, label %loop, label %out\nout:\n");
        for (int c = 0; c < chains; c++) {
            text.append("  store volatile %s %%new%d, ptr %%result, align 8\n".formatted(type, c));
        }
        return text.append("  ret void\n}\n").toString();
    }
}
