package smelt.engine.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Reason;
import smelt.runtime.StepRunner;

/**
 * Brings the blocks of a file back into an engine's free blocks, as many as there are. Until the end it holds what it
 * has brought, so that none is given up before the ones that follow it.
 */
public final class SnapshotReader {
    private final StepRunner runner;
    private final PrefixTree tree;
    private final BlockPool pool;
    private final BlockOwner engine;
    /** The block of each record, which this reader holds. */
    private final int[] blocks;

    private int placed;
    private boolean full;

    public SnapshotReader(StepRunner runner, BlockPool pool, BlockOwner engine) {
        this.runner = runner;
        this.tree = pool.tree();
        this.pool = pool;
        this.engine = engine;
        blocks = new int[runner.limits().blockCount()];
    }

    /** Returns how many positions the engine has from the file; of a damaged file it keeps those before the damage. */
    public long restore(Path file, SnapshotProgress progress) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw Failure.of(FailureCode.INVALID_ARGUMENT, "It is not a file");
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                read(channel, header(channel), progress);
            }
        } catch (Failure e) {
            throw e.in(file.toString());
        } catch (NoSuchFileException e) {
            throw Failure.of(FailureCode.NOT_FOUND, "There is no file " + file).withCause(e);
        } catch (IOException e) {
            throw Failure.of(
                            FailureCode.UNAVAILABLE,
                            "The prefix cache cannot be read from " + file + ": " + Reason.of(e))
                    .withCause(e);
        }
        return (long) placed * runner.limits().blockPositions();
    }

    private SnapshotHeader header(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SnapshotHeader.BYTES);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw Failure.of(FailureCode.MALFORMED, "This is no snapshot of a prefix cache: it is too short");
            }
        }
        SnapshotHeader header = SnapshotHeader.decode(bytes.flip());
        header.requireFits(SnapshotHeader.of(runner.limits(), runner.blocks(), 0));
        if (channel.size() != header.fileBytes()) {
            throw Failure.of(
                    FailureCode.CORRUPT,
                    "The snapshot has " + channel.size() + " bytes instead of " + header.fileBytes());
        }
        return header;
    }

    private void read(FileChannel channel, SnapshotHeader header, SnapshotProgress progress) throws IOException {
        int most = Math.min(header.count(), blocks.length);
        try (SnapshotBatch batch = new SnapshotBatch(header)) {
            while (placed < most && !full) {
                int count = Math.min(batch.capacity(), most - placed);
                batch.read(channel, count);
                for (int i = 0; i < count; i++) {
                    check(batch, i, header);
                }
                engine.ask(() -> place(batch, count));
                progress.at(placed * header.recordBytes(), most * header.recordBytes());
            }
        } finally {
            engine.ask(this::giveBack);
        }
    }

    private void check(SnapshotBatch batch, int index, SnapshotHeader header) {
        int number = placed + index;
        if (!batch.isWhole(index)) {
            throw Failure.of(FailureCode.CORRUPT, "The checksum of block " + number + " does not match");
        }
        if (batch.parent(index) < -1 || batch.parent(index) >= number) {
            throw Failure.of(
                    FailureCode.MALFORMED, "Block " + number + " claims to follow block " + batch.parent(index));
        }
        for (int token : batch.tokens(index)) {
            if (token < 0 || token >= header.vocabulary()) {
                throw Failure.of(FailureCode.MALFORMED, "Block " + number + " has token " + token);
            }
        }
    }

    /** On the engine's thread. */
    private boolean place(SnapshotBatch batch, int count) {
        for (int i = 0; i < count && !full; i++) {
            int parent = batch.parent(i) < 0 ? PrefixTree.ROOT : blocks[batch.parent(i)];
            int[] tokens = batch.tokens(i);
            int known = tree.child(parent, tokens, 0);
            if (known != PrefixTree.NONE) {
                pool.hold(known);
                blocks[placed++] = known;
            } else if (pool.freeCount() > 0) {
                blocks[placed] = bring(batch, i, parent, tokens);
                placed++;
            } else {
                full = true;
            }
        }
        return full;
    }

    private int bring(SnapshotBatch batch, int index, int parent, int[] tokens) {
        int block = pool.take();
        try {
            runner.blocks().copyIn(block, batch.block(index));
        } catch (RuntimeException | Error e) {
            pool.giveBack(block);
            throw e;
        }
        tree.add(block, parent, tokens, 0);
        return block;
    }

    /** From the last to the first, so that a block is given up before the one it follows. */
    private boolean giveBack() {
        for (int i = placed - 1; i >= 0; i--) {
            pool.giveBack(blocks[i]);
        }
        return true;
    }
}
