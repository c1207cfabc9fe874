package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import smelt.base.NativeMemory;
import smelt.compiler.CacheLayout;
import smelt.compiler.Pipeline;
import smelt.compiler.Tiling;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Section;

/** Digests what keys and values depend on: the same on every machine, with every number of threads. */
final class OriginDigest {
    private static final long PIECE = 64L << 20;
    /** Of a mapped file, copied at once. */
    private static final int COPIED = 1 << 16;

    private final MessageDigest sha;

    private OriginDigest() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static KvBlocks.Origin of(ModelGraph graph, CacheLayout cache, PackedWeights weights, Embeddings embeddings) {
        String layout = graph.layers().size() + " layers of " + cache.keyHeads() + " x " + cache.headWidth() + " "
                + cache.element() + " for " + CacheLayout.BLOCK_POSITIONS + " positions";
        return new KvBlocks.Origin(layout, model(graph, weights, embeddings), build(graph, cache));
    }

    private static String model(ModelGraph graph, PackedWeights weights, Embeddings embeddings) {
        OriginDigest digest = new OriginDigest();
        digest.add(graph.info().toString());
        digest.add(graph.embedding());
        graph.layers().forEach(digest::add);
        digest.add(graph.head());
        digest.add(weights.segment());
        try {
            embeddings.checkFile();
            embeddings.tables().forEach(table -> {
                digest.add(table);
                NativeMemory.release(table);
            });
        } catch (InternalError e) {
            throw PackedWeights.unreadable(e);
        }
        return digest.text();
    }

    /** Of the kernels as they are with the fewest registers: how many rows they take at once changes no result. */
    private static String build(ModelGraph graph, CacheLayout cache) {
        OriginDigest digest = new OriginDigest();
        digest.add(cache.toString());
        Pipeline.compile(graph, new Tiling(1, false), cache.type()).kernels().stream()
                .map(Node::key)
                .forEach(digest::add);
        return digest.text();
    }

    private void add(Section section) {
        add(section.output().key());
        new TreeMap<>(section.weights()).forEach((slot, stored) -> add(slot + " " + stored));
    }

    private void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes.length);
        sha.update(bytes);
    }

    /** By a checksum of each piece, which is as fast as the memory; there are too many bytes for SHA-256. */
    private void add(MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at += PIECE) {
            add(checksum(bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at))));
        }
    }

    private static long checksum(MemorySegment bytes) {
        CRC32C checksum = new CRC32C();
        if (!bytes.isMapped()) {
            checksum.update(bytes.asByteBuffer());
            return checksum.getValue();
        }
        // where a mapped file has become shorter, a copy ends in an error, the checksum's native code in a signal
        byte[] copy = new byte[COPIED];
        for (long at = 0; at < bytes.byteSize(); at += COPIED) {
            int count = (int) Math.min(COPIED, bytes.byteSize() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, copy, 0, count);
            checksum.update(copy, 0, count);
        }
        return checksum.getValue();
    }

    private void add(long number) {
        for (int i = 0; i < 8; i++) {
            sha.update((byte) (number >>> 8 * i));
        }
    }

    private String text() {
        return HexFormat.of().formatHex(sha.digest());
    }
}
