package smelt.targets.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import smelt.targets.BitMover;
import smelt.targets.llvm.LlvmCompiler;
import smelt.targets.llvm.NativeCode;
import smelt.targets.llvm.ObjectCache;
import smelt.targets.llvm.TargetMachine;

/** One function for all tables of moves, which reads them as it goes; all 16 lanes at once. */
final class NativeMover implements BitMover {
    /**
     * Of each block, the words of 16 rows are gathered into vectors; a move is a shift of two neighbours. Context:
     * rows, bytes from row to row, table, blocks, target.
     */
    private static final String BEGIN = """
            declare <16 x i32> @llvm.fshr.v16i32(<16 x i32>, <16 x i32>, <16 x i32>)

            define void @smelt_move(ptr %context, i32 %thread, i32 %threads) nounwind {
            entry:
              %rows = load ptr, ptr %context
              %strideslot = getelementptr i64, ptr %context, i64 1
              %stride = load i64, ptr %strideslot
              %tableslot = getelementptr i64, ptr %context, i64 2
              %table = load ptr, ptr %tableslot
              %blocksslot = getelementptr i64, ptr %context, i64 3
              %blocks = load i64, ptr %blocksslot
              %targetslot = getelementptr i64, ptr %context, i64 4
              %target = load ptr, ptr %targetslot
              %count = load i64, ptr %table
              %bytesslot = getelementptr i64, ptr %table, i64 1
              %bytes = load i64, ptr %bytesslot
              %firstslot = getelementptr i64, ptr %table, i64 2
              %first = load i64, ptr %firstslot
              %wordsslot = getelementptr i64, ptr %table, i64 3
              %words = load i64, ptr %wordsslot
              %moves = getelementptr i64, ptr %table, i64 4
              %gathered = alloca <16 x i32>, i64 %words, align 64
              %begin = getelementptr i8, ptr %rows, i64 %first
              br label %block
            block:
              %b = phi i64 [ 0, %entry ], [ %b1, %moved ]
              %b1 = add i64 %b, 1
              %b32 = trunc i64 %b to i32
              %at = mul i64 %b, %bytes
              %row0 = getelementptr i8, ptr %begin, i64 %at
              br label %gather
            gather:
              %w = phi i64 [ 0, %block ], [ %w1, %gather ]
              %w1 = add i64 %w, 1
              %p0 = getelementptr i32, ptr %row0, i64 %w
              %x0 = load i32, ptr %p0, align 1
              %v0 = insertelement <16 x i32> poison, i32 %x0, i32 0
            """;

    private static final String END = """
              %gatheredat = getelementptr <16 x i32>, ptr %gathered, i64 %w
              store <16 x i32> %v15, ptr %gatheredat, align 64
              %morewords = icmp ult i64 %w1, %words
              br i1 %morewords, label %gather, label %move
            move:
              %m = phi i64 [ 0, %gather ], [ %m1, %next ]
              %element = phi <16 x i32> [ zeroinitializer, %gather ], [ %joined, %next ]
              %m1 = add i64 %m, 1
              %entry0 = getelementptr <8 x i32>, ptr %moves, i64 %m
              %word = load i32, ptr %entry0
              %entry1 = getelementptr i32, ptr %entry0, i64 1
              %shift = load i32, ptr %entry1
              %entry2 = getelementptr i32, ptr %entry0, i64 2
              %mask = load i32, ptr %entry2
              %entry3 = getelementptr i32, ptr %entry0, i64 3
              %flip = load i32, ptr %entry3
              %entry4 = getelementptr i32, ptr %entry0, i64 4
              %size = load i32, ptr %entry4
              %entry5 = getelementptr i32, ptr %entry0, i64 5
              %to = load i32, ptr %entry5
              %entry6 = getelementptr i32, ptr %entry0, i64 6
              %step = load i32, ptr %entry6
              %entry7 = getelementptr i32, ptr %entry0, i64 7
              %joins = load i32, ptr %entry7
              %wordoffset = zext i32 %word to i64
              %lowat = getelementptr i8, ptr %gathered, i64 %wordoffset
              %low = load <16 x i32>, ptr %lowat, align 64
              %highat = getelementptr i8, ptr %lowat, i64 64
              %high = load <16 x i32>, ptr %highat, align 64
              %shift1 = insertelement <16 x i32> poison, i32 %shift, i32 0
              %shifts = shufflevector <16 x i32> %shift1, <16 x i32> poison, <16 x i32> zeroinitializer
              %mask1 = insertelement <16 x i32> poison, i32 %mask, i32 0
              %masks = shufflevector <16 x i32> %mask1, <16 x i32> poison, <16 x i32> zeroinitializer
              %flip1 = insertelement <16 x i32> poison, i32 %flip, i32 0
              %flips = shufflevector <16 x i32> %flip1, <16 x i32> poison, <16 x i32> zeroinitializer
              %joins1 = insertelement <16 x i32> poison, i32 %joins, i32 0
              %joinss = shufflevector <16 x i32> %joins1, <16 x i32> poison, <16 x i32> zeroinitializer
              %bits = call <16 x i32> @llvm.fshr.v16i32(<16 x i32> %high, <16 x i32> %low, <16 x i32> %shifts)
              %masked = and <16 x i32> %bits, %masks
              %flipped = xor <16 x i32> %masked, %flips
              %before = and <16 x i32> %element, %joinss
              %joined = xor <16 x i32> %flipped, %before
              %ofblock = mul i32 %b32, %step
              %offset = add i32 %ofblock, %to
              %offset64 = zext i32 %offset to i64
              %toat = getelementptr i8, ptr %target, i64 %offset64
              switch i32 %size, label %next [
                i32 4, label %store4
                i32 2, label %store2
                i32 1, label %store1
              ]
            store4:
              store <16 x i32> %joined, ptr %toat, align 4
              br label %next
            store2:
              %shorts = trunc <16 x i32> %joined to <16 x i16>
              store <16 x i16> %shorts, ptr %toat, align 2
              br label %next
            store1:
              %lanes = trunc <16 x i32> %joined to <16 x i8>
              store <16 x i8> %lanes, ptr %toat, align 1
              br label %next
            next:
              %moremoves = icmp ult i64 %m1, %count
              br i1 %moremoves, label %move, label %moved
            moved:
              %moreblocks = icmp ult i64 %b1, %blocks
              br i1 %moreblocks, label %block, label %done
            done:
              ret void
            }
            """;

    private final NativeCode code;

    private NativeMover(NativeCode code) {
        this.code = code;
    }

    static NativeMover link(Tier tier) {
        return new NativeMover(NativeCode.link(List.of(object(tier.machine()))));
    }

    private static byte[] object(TargetMachine machine) {
        String ir = ir();
        return ObjectCache.ofUser().getOrCompile(ir, machine, () -> {
            try (LlvmCompiler compiler = LlvmCompiler.load()) {
                return compiler.compileToObject("moves", ir, machine);
            }
        });
    }

    static String ir() {
        return IntStream.range(1, ROWS)
                .mapToObj(row -> """
                      %%p%1$d = getelementptr i8, ptr %%p%2$d, i64 %%stride
                      %%x%1$d = load i32, ptr %%p%1$d, align 1
                      %%v%1$d = insertelement <16 x i32> %%v%2$d, i32 %%x%1$d, i32 %1$d
                    """.formatted(row, row - 1))
                .collect(Collectors.joining("", BEGIN, END));
    }

    @Override
    public void move(MemorySegment rows, long stride, Table table, long blocks, MemorySegment target) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = arena.allocateFrom(
                    ValueLayout.JAVA_LONG, rows.address() + MARGIN, stride, table.address(), blocks, target.address());
            WorkerPool.call(code.address("smelt_move"), context, 0, 1);
        }
    }

    @Override
    public void close() {
        code.close();
    }
}
