package smelt.engine.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.PartFiles;
import smelt.base.Reason;
import smelt.runtime.StepRunner;

/**
 * Writes the cached blocks of an engine to a file, as they were when it began but for those that were given up
 * meanwhile. The engine's thread only copies, a few blocks between two steps; checksums and writing are the caller's.
 */
public final class SnapshotWriter {
    private static final String PREFIX = ".smelt-";

    private final StepRunner runner;
    private final PrefixTree tree;
    private final BlockPool pool;
    private final BlockOwner engine;
    /** Record of each block that was written. */
    private final int[] records;

    private int written;

    public SnapshotWriter(StepRunner runner, BlockPool pool, BlockOwner engine) {
        this.runner = runner;
        this.tree = pool.tree();
        this.pool = pool;
        this.engine = engine;
        records = new int[runner.limits().blockCount()];
    }

    /** Replaces {@code file} as a whole or not at all; returns how many positions were written. */
    public long save(Path file, SnapshotProgress progress) {
        Path target = file.toAbsolutePath();
        try {
            if (Files.exists(target) && !Files.isRegularFile(target)) {
                throw Failure.of(FailureCode.INVALID_ARGUMENT, file + " is there and is not a file");
            }
            Path real = Files.exists(target) ? target.toRealPath() : target;
            // readable by its owner alone: it tells what was asked
            PartFiles.forgetAbandoned(real.resolveSibling(""), PREFIX);
            Path part = Files.createTempFile(real.getParent(), PREFIX, PartFiles.SUFFIX);
            try {
                write(part, progress);
                Files.move(part, real, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw Failure.of(
                            FailureCode.UNAVAILABLE,
                            "The prefix cache cannot be saved as " + file + ": " + Reason.of(e))
                    .withCause(e);
        }
        return (long) written * runner.limits().blockPositions();
    }

    private void write(Path part, SnapshotProgress progress) throws IOException {
        SnapshotHeader header = SnapshotHeader.of(runner.limits(), runner.blocks(), 0);
        KnownBlocks known = engine.ask(pool::known);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
                SnapshotBatch batch = new SnapshotBatch(header)) {
            channel.position(SnapshotHeader.BYTES);
            for (int from = 0; from < known.count(); from += batch.capacity()) {
                int begin = from;
                int count = engine.ask(() -> copy(known, begin, batch));
                for (int i = 0; i < count; i++) {
                    batch.seal(i);
                }
                batch.write(channel, count);
                int done = Math.min(known.count(), from + batch.capacity());
                progress.at(done * header.recordBytes(), known.count() * header.recordBytes());
            }
            channel.write(header.withCount(written).encode(), 0);
            channel.force(true);
        }
    }

    /** On the engine's thread. Where a block is still there, so is the one it follows. */
    private int copy(KnownBlocks known, int begin, SnapshotBatch batch) {
        int count = 0;
        for (int i = begin; i < Math.min(known.count(), begin + batch.capacity()); i++) {
            int block = known.blocks()[i];
            if (tree.contains(block) && tree.generation(block) == known.generations()[i]) {
                int parent = tree.parent(block);
                batch.setParent(count, parent == PrefixTree.ROOT ? -1 : records[parent]);
                tree.copyTokens(block, batch, count);
                runner.blocks().copyOut(block, batch.block(count));
                records[block] = written++;
                count++;
            }
        }
        return count;
    }
}
