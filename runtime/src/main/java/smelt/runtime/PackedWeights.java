package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.NativeMemory;
import smelt.blocks.BlockFormat;
import smelt.compiler.PanelLayout;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.graph.Attr;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Section;
import smelt.graph.Type;
import smelt.targets.Target;

/**
 * A model's weights as the kernels read them, in one piece of huge-paged memory: matrices in panels, vectors as f32. A
 * tensor that several slots share (a tied head) is packed once. The thread that will read a panel packs it.
 */
final class PackedWeights implements AutoCloseable {
    private static final long ALIGNMENT = 64;

    /** What is packed: a stored weight as a matrix or as a vector. */
    private record Item(Section.Stored stored, Type.Weight type, boolean vector) {
        long bytes() {
            return vector ? vectorBytes(type.columns()) : (long) type.count() * layout().bytes();
        }

        long paddedBytes() {
            return (bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }

        PanelLayout layout() {
            return PanelLayout.of(type.dtype(), type.rows(), type.columns());
        }
    }

    /** A slot, read by a product or by something else. */
    private record Use(String slot, boolean vector) {}

    private final ModelFile file;
    private final Map<Section, Map<Use, Item>> bindings = new IdentityHashMap<>();
    private final Map<Item, Long> offsets = new LinkedHashMap<>();
    private final NativeMemory memory;

    private PackedWeights(ModelFile file, List<Section> sections) {
        this.file = file;
        long end = 0;
        for (Section section : sections) {
            Map<Use, Item> items = items(section);
            bindings.put(section, items);
            for (Item item : items.values()) {
                if (!offsets.containsKey(item)) {
                    offsets.put(item, end);
                    end += item.paddedBytes();
                }
            }
        }
        memory = NativeMemory.allocate(end, "the model's weights");
    }

    /** What {@link #pack} takes for {@code sections}. */
    static long bytes(List<Section> sections) {
        return sections.stream()
                .flatMap(section -> items(section).values().stream())
                .distinct()
                .mapToLong(Item::paddedBytes)
                .sum();
    }

    /** Padded to whole vectors, with one more of zeros. */
    static long vectorBytes(int columns) {
        return (columns + 15) / 16 * 64L + 64;
    }

    /** Packs all weights that {@code sections} read; the target's threads share the work as they share the reading. */
    static PackedWeights pack(ModelFile file, List<Section> sections, Target target) {
        PackedWeights weights = new PackedWeights(file, sections);
        try (Packers packers = new Packers(target.mover())) {
            weights.packAll(packers, target.threads());
            return weights;
        } catch (RuntimeException | Error e) {
            weights.close();
            throw e;
        }
    }

    MemorySegment segment() {
        return memory.segment();
    }

    /** Address of what {@code slot} of {@code section} is bound to. */
    long address(Section section, String slot, boolean vector) {
        Item item = Objects.requireNonNull(bindings.get(section)).get(new Use(slot, vector));
        if (item == null) {
            throw Failure.of(FailureCode.INTERNAL, "A kernel reads slot " + slot + ", which is unbound");
        }
        return memory.segment().address() + Objects.requireNonNull(offsets.get(item), slot);
    }

    private static Section.Stored stored(Section section, String slot) {
        Section.Stored stored = section.weights().get(slot);
        if (stored == null) {
            throw Failure.of(FailureCode.INTERNAL, "Slot " + slot + " is bound to no tensor");
        }
        return stored;
    }

    /** Matrices are what products read; every other weight is a vector. Embedding tables stay in the file. */
    private static Map<Use, Item> items(Section section) {
        Map<Use, Item> items = new LinkedHashMap<>();
        for (Node node : section.output().expression()) {
            boolean table = node.op() == Op.TOKEN_EMBEDDING || node.op() == Op.POSITION_EMBEDDING;
            boolean vector = node.op() != Op.MATMUL && node.op() != Op.EXPERTS;
            for (Node input : node.inputs()) {
                if (input.op() == Op.WEIGHT && !table) {
                    String slot = input.attr(Attr.Slot.class).name();
                    items.put(
                            new Use(slot, vector), new Item(stored(section, slot), (Type.Weight) input.type(), vector));
                }
            }
        }
        return items;
    }

    private void packAll(Packers packers, int threads) {
        for (Item item : offsets.keySet()) {
            if (!item.vector()) {
                packers.expect(item.type().dtype(), item.layout());
            }
        }
        List<Thread> running = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            int number = thread;
            running.add(Thread.ofPlatform().name("smelt-pack-" + thread).start(() -> {
                try (NativeMemory rows = packers.rows()) {
                    Share share = new Share(number, threads, packers, rows.segment());
                    offsets.forEach((item, offset) -> pack(item, offset, share));
                } catch (RuntimeException | Error e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        for (Thread packer : running) {
            join(packer);
        }
        for (Throwable failure : failures) {
            throwAgain(failure);
        }
        // What was packed is not read from the file again, but for embeddings of single tokens.
        file.release();
    }

    /** What thread {@code number} packs with. */
    private record Share(int number, int threads, Packers packers, MemorySegment rows) {
        long begin(long panels) {
            return panels * number / threads;
        }

        long end(long panels) {
            return panels * (number + 1) / threads;
        }
    }

    private static void throwAgain(Throwable failure) {
        switch (failure) {
            case InternalError error -> throw unreadable(error);
            case Error error -> throw error;
            default -> throw (RuntimeException) failure;
        }
    }

    /** A file that shrinks, or a disk that fails, while its pages are read ends in an error of the JVM. */
    static Failure unreadable(Throwable cause) {
        return Failure.of(FailureCode.CORRUPT, "The model file could not be read: " + cause.getMessage())
                .withNextStep("check that the file is whole and that nothing writes to it")
                .withCause(cause);
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void pack(Item item, long offset, Share share) {
        if (item.vector()) {
            if (share.number == 0) {
                packVector(item, offset);
            }
            return;
        }
        PanelLayout layout = item.layout();
        MatrixPacker packer = share.packers.packer(item.type().dtype(), layout, source(item), share.rows);
        for (int matrix = 0; matrix < item.type().count(); matrix++) {
            for (long panel = share.begin(layout.panels()); panel < share.end(layout.panels()); panel++) {
                long at = offset + matrix * layout.bytes() + panel * layout.panelBytes();
                long row = panel * PanelLayout.PANEL_ROWS;
                int count = (int) Math.min(PanelLayout.PANEL_ROWS, layout.rows() - row);
                packer.pack(
                        (long) matrix * layout.rows() + row,
                        count,
                        memory.segment().asSlice(at, layout.panelBytes()));
            }
        }
    }

    private PanelPacker.MatrixSource source(Item item) {
        List<MemorySegment> parts = item.stored().tensors().stream()
                .map(name -> tensor(name).data())
                .toList();
        return new PanelPacker.MatrixSource(
                parts, item.type().columns(), item.stored().transposed());
    }

    private void packVector(Item item, long offset) {
        Tensor tensor = tensor(item.stored().tensors().get(0));
        float[] values = new float[item.type().columns()];
        BlockFormat.of(tensor.type()).decode(tensor.data(), 0, values, 0, values.length);
        MemorySegment.copy(MemorySegment.ofArray(values), 0, memory.segment(), offset, values.length * 4L);
    }

    private Tensor tensor(String name) {
        return Objects.requireNonNull(file.tensors().get(name), name);
    }

    @Override
    public void close() {
        memory.close();
    }
}
