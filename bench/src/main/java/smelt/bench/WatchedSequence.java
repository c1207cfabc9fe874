package smelt.bench;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/** Runs one sequence step by step, alone or in company, and hashes the logits of each of its positions. */
final class WatchedSequence {
    /** Tokens of a companion, which then begins anew. */
    private static final int COMPANION = 48;
    /** Most tokens that a companion has in one step. */
    private static final int COMPANION_ROWS = 4;
    /** All companions are there in one step of so many; in the others each comes or not. */
    private static final int FULL_HOUSE = 4;

    private final StepRunner runner;
    private final StepRunner.Limits limits;
    private final int[] tokens;
    private final Random random;
    private final int[] blocks;
    private final byte[] @Nullable [] hashes;
    private int step;

    /** @param seed of everything that must not matter: who else runs, in which blocks, in which order */
    WatchedSequence(StepRunner runner, int[] tokens, long seed) {
        this.runner = runner;
        this.limits = runner.limits();
        this.tokens = tokens;
        this.random = new Random(seed);
        List<Integer> numbers =
                new ArrayList<>(IntStream.range(0, limits.blockCount()).boxed().toList());
        Collections.shuffle(numbers, random);
        this.blocks = numbers.stream().mapToInt(Integer::intValue).toArray();
        this.hashes = new byte[tokens.length][];
    }

    /** KV positions that it takes at most, for {@code length} tokens among {@code companions}. */
    static int positions(int length, int companions, int blockPositions) {
        int own = Math.ceilDiv(length, blockPositions);
        return (2 * own + companions * Math.ceilDiv(COMPANION, blockPositions)) * blockPositions;
    }

    /** A hash for each position; null where its logits were not computed. */
    byte[] @Nullable [] run(Way way) {
        int own = blocksFor(tokens.length);
        int[] first = Arrays.copyOf(blocks, own);
        int[] second = Arrays.copyOfRange(blocks, own, 2 * own);
        switch (way) {
            case Way.Together together -> run(0, first, together.others(), together.chunk());
            case Way.SharedPrefix prefix -> {
                int[] other = tokens.clone();
                Arrays.setAll(other, i -> i < prefix.shared() ? other[i] : random.nextInt(limits.vocabulary()));
                fill(other, first);
                System.arraycopy(first, 0, second, 0, prefix.shared() / limits.blockPositions());
                run(prefix.shared(), second, 0, tokens.length);
            }
            case Way.Resumed resumed -> {
                fill(Arrays.copyOf(tokens, resumed.done()), first);
                fill(random.ints(tokens.length, 0, limits.vocabulary()).toArray(), first);
                run(0, second, 0, tokens.length);
            }
        }
        return hashes;
    }

    private int blocksFor(int positions) {
        return Math.ceilDiv(positions, limits.blockPositions());
    }

    /** Computes keys and values of another sequence. */
    private void fill(int[] other, int[] where) {
        for (int from = 0; from < other.length; from += limits.maxRows()) {
            int[] part = Arrays.copyOfRange(other, from, Math.min(other.length, from + limits.maxRows()));
            runner.run(new StepBatch(List.of(new StepBatch.Chunk(part, from, where, part.length))));
        }
    }

    private void run(int start, int[] where, int others, int chunk) {
        List<Companion> company = IntStream.range(0, Math.min(others, limits.maxRows() - 1))
                .mapToObj(i -> new Companion(2 * where.length + i * blocksFor(COMPANION)))
                .toList();
        int companionRows =
                company.isEmpty() ? 0 : Math.clamp((limits.maxRows() - 1) / company.size(), 1, COMPANION_ROWS);
        int most = Math.min(chunk, limits.maxRows() - company.size() * companionRows);
        for (int position = start; position < tokens.length; position += most) {
            step(position, Math.min(tokens.length, position + most), where, company, companionRows);
        }
    }

    private void step(int from, int to, int[] where, List<Companion> company, int companionRows) {
        int length = to - from;
        int companionLogits = Math.min(company.size(), limits.maxLogits() - 1);
        int logits = Math.min(length, limits.maxLogits() - companionLogits);
        var own = new StepBatch.Chunk(Arrays.copyOfRange(tokens, from, to), from, where, length - logits);
        List<StepBatch.Chunk> batch = new ArrayList<>(List.of(own));
        boolean everybody = step++ % FULL_HOUSE == 0;
        for (int i = 0; i < company.size(); i++) {
            if (everybody || random.nextBoolean()) {
                batch.add(company.get(i).next(Math.min(length, companionRows), i < companionLogits));
            }
        }
        Collections.shuffle(batch, random);
        StepRunner.Logits result = runner.run(new StepBatch(batch));
        int row = 0;
        for (StepBatch.Chunk chunk : batch) {
            if (chunk == own) {
                for (int i = 0; i < logits; i++) {
                    hashes[to - logits + i] = hash(result, row + i);
                }
            }
            row += chunk.tokens().length - chunk.logitsFrom();
        }
    }

    private static byte[] hash(StepRunner.Logits logits, int row) {
        MessageDigest digest = sha256();
        digest.update(logits.row(row).asByteBuffer());
        return digest.digest();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Somebody else in the same steps: random tokens in chunks of random length, again and again. */
    private final class Companion {
        private final int[] where;
        private int position;

        Companion(int firstBlock) {
            where = Arrays.copyOfRange(blocks, firstBlock, firstBlock + blocksFor(COMPANION));
            position = 0;
        }

        StepBatch.Chunk next(int most, boolean wantsLogits) {
            position = position + most > COMPANION ? 0 : position;
            int[] part = random.ints(1 + random.nextInt(most), 0, limits.vocabulary())
                    .toArray();
            var chunk = new StepBatch.Chunk(part, position, where, wantsLogits ? part.length - 1 : part.length);
            position += part.length;
            return chunk;
        }
    }
}
