package smelt.targets.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import smelt.compiler.Tiling;
import smelt.compiler.llvm.LlvmEmitter;
import smelt.graph.Node;
import smelt.targets.Target;

/**
 * Runs steps as machine code of another processor, each in a process under qemu-user: all memory goes in as one buffer,
 * and what the kernels left there comes back. The threads take turns, as on the interpreter.
 */
public final class CrossTarget implements Target {
    private static final int ALIGNMENT = 64;

    /** Argument tables arrive with offsets into the buffer. */
    private static final String STEP = """
            define void @step(ptr %buffer) nounwind {
              %base = ptrtoint ptr %buffer to i64
              br label %next
            next:
              %at = phi i64 [ TABLE, %0 ], [ %after, %next ]
              %slot = getelementptr i8, ptr %buffer, i64 %at
              %offset = load i64, ptr %slot
              %address = add i64 %offset, %base
              store i64 %address, ptr %slot
              %after = add i64 %at, 8
              %more = icmp ult i64 %after, END
              br i1 %more, label %next, label %calls
            calls:
            CALLS  ret void
            }
            """;

    private final CrossRunner runner;
    private final Tier tier;
    private final int threads;

    /** @param runner stays open as long as the target */
    public CrossTarget(CrossRunner runner, Tier tier, int threads) {
        this.runner = runner;
        this.tier = tier;
        this.threads = threads;
    }

    @Override
    public String description() {
        return "emulated " + tier.text();
    }

    @Override
    public Tiling tiling() {
        return CpuTarget.tiling(tier);
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public Step prepare(List<Invocation> calls, List<MemorySegment> memory) {
        Layout layout = Layout.of(memory);
        MemorySegment table = layout.segmentAt(calls.getFirst().arguments());
        Map<Node, String> symbols = new LinkedHashMap<>();
        StringBuilder lines = new StringBuilder();
        for (Invocation call : calls) {
            String symbol = symbols.computeIfAbsent(call.kernel(), kernel -> "k" + symbols.size());
            String slot = "%arguments" + lines.length();
            lines.append(
                    "  %s = getelementptr i8, ptr %%buffer, i64 %d\n".formatted(slot, layout.offset(call.arguments())));
            for (int thread = 0; thread < threads; thread++) {
                lines.append("  call void @%s(ptr %s, i32 %d, i32 %d)\n".formatted(symbol, slot, thread, threads));
            }
        }
        List<String> modules = new ArrayList<>();
        StringBuilder step = new StringBuilder(STEP.replace("TABLE", Long.toString(layout.offset(table.address())))
                .replace("END", Long.toString(layout.offset(table.address()) + table.byteSize()))
                .replace("CALLS", lines));
        symbols.forEach((kernel, symbol) -> {
            step.append("declare void @").append(symbol).append("(ptr, i32, i32)\n");
            modules.add(LlvmEmitter.emit(kernel, symbol, CpuTarget.instructions(tier)));
        });
        modules.add(step.toString());
        return new EmulatedStep(
                layout, table, runner.link(tier.architecture(), tier.machine(), modules, "step", layout.bytes()));
    }

    /** Where each segment lies in the buffer. */
    private record Layout(Map<MemorySegment, Integer> offsets, int bytes) {
        static Layout of(List<MemorySegment> memory) {
            Map<MemorySegment, Integer> offsets = new LinkedHashMap<>();
            long end = 0;
            for (MemorySegment segment : memory) {
                offsets.put(segment, Math.toIntExact(end));
                end = (end + segment.byteSize() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            }
            return new Layout(offsets, Math.toIntExact(end));
        }

        MemorySegment segmentAt(long address) {
            return offsets.keySet().stream()
                    .filter(s -> address >= s.address() && address < s.address() + s.byteSize())
                    .findAny()
                    .orElseThrow(() -> new AssertionError("0x" + Long.toHexString(address) + " is in no memory"));
        }

        int offset(long address) {
            MemorySegment segment = segmentAt(address);
            return Math.toIntExact(offsets.getOrDefault(segment, 0) + address - segment.address());
        }
    }

    private final class EmulatedStep implements Step {
        private final Layout layout;
        private final MemorySegment table;
        private final CrossRunner.Program program;

        EmulatedStep(Layout layout, MemorySegment table, CrossRunner.Program program) {
            this.layout = layout;
            this.table = table;
            this.program = program;
        }

        @Override
        public boolean run(int rows) {
            byte[] buffer = new byte[layout.bytes()];
            layout.offsets()
                    .forEach((segment, at) -> MemorySegment.copy(
                            segment, ValueLayout.JAVA_BYTE, 0, buffer, at, Math.toIntExact(segment.byteSize())));
            ByteBuffer words = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
            int start = layout.offset(table.address());
            for (int i = 0; i < table.byteSize() / 8; i++) {
                long address = table.getAtIndex(ValueLayout.JAVA_LONG, i);
                words.putLong(start + 8 * i, address == 0 ? 0 : layout.offset(address));
            }
            byte[] result = runner.run(program, buffer);
            layout.offsets().forEach((segment, at) -> {
                if (!segment.equals(table) && !segment.isReadOnly()) {
                    MemorySegment.copy(
                            result, at, segment, ValueLayout.JAVA_BYTE, 0, Math.toIntExact(segment.byteSize()));
                }
            });
            return true;
        }

        @Override
        public boolean run(int rows, int first, int end) {
            throw new UnsupportedOperationException("emulated steps run whole");
        }

        /** Its steps are tests' own: they run to their end. */
        @Override
        public void interrupt() {}

        @Override
        public void close() {}
    }

    @Override
    public void close() {}
}
