package smelt.bench;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;
import smelt.runtime.StepRunner;
import smelt.targets.cpu.Tier;

/**
 * Proves, on this machine, that the logits of a sequence are the same bits whatever runs beside it, however its prompt
 * is cut, on any number of threads and in every instruction set. Each instruction set and number of threads loads the
 * model anew and meets every chunk size and every crowd once; which chunk size meets which crowd turns from one to the
 * next, and with each repetition: as many repetitions as there are crowds meet all pairs everywhere.
 */
public final class Determinism {
    private static final List<Integer> CROWDS = List.of(0, 2, 7, 16, 33);
    private static final List<Integer> CHUNKS = List.of(1, 5, 16, 128, Integer.MAX_VALUE);
    /** At least the positions of a KV block. */
    private static final int BLOCK = 64;

    /**
     * @param length tokens of the sequence that is watched
     * @param repeat how often all of it is done, each time with other tokens
     * @param tiers the first, on the first number of threads, says what is right
     * @param cache how keys and values are kept
     */
    public record Plan(int length, int repeat, long seed, List<Tier> tiers, List<Integer> threads, CacheType cache) {
        public Plan {
            tiers = List.copyOf(tiers);
            threads = List.copyOf(threads);
            if (length < 2 || repeat < 1 || tiers.isEmpty() || threads.isEmpty()) {
                throw Failure.of(
                        FailureCode.INVALID_ARGUMENT,
                        "A proof of the same bits needs two tokens, a run, an instruction set and a number of threads");
            }
        }
    }

    /**
     * One run of the watched sequence.
     *
     * @param way how it ran
     * @param hash of the logits of all its positions
     * @param differsAt the first position whose logits are other bits; empty where all are the same
     */
    public record Case(
            int repetition, String tier, int threads, String way, String hash, Optional<Integer> differsAt) {}

    /**
     * @param hash of the logits of all repetitions; the same on every machine
     * @param same whether every case had the same bits
     */
    public record Verdict(String model, long seed, int length, boolean same, String hash, List<Case> cases) {
        public Verdict {
            cases = List.copyOf(cases);
        }
    }

    private final Plan plan;
    private final int length;
    private final Consumer<Case> listener;
    private final List<Case> cases = new ArrayList<>();
    /** What is right, by repetition and position. */
    private final List<byte[] @Nullable []> expected = new ArrayList<>();

    private Determinism(Plan plan, int length, Consumer<Case> listener) {
        this.plan = plan;
        this.length = length;
        this.listener = listener;
    }

    /**
     * Runs the proof.
     *
     * @param model its name, for the verdict
     * @param listener hears of each case when it is done
     * @throws Failure as loading a model does
     */
    public static Verdict run(String model, Path file, Plan plan, Consumer<Case> listener) {
        int length = Math.min(plan.length(), Subject.trainedContext(file));
        return new Determinism(plan, length, listener).run(model, file);
    }

    private Verdict run(String model, Path file) {
        int turn = 0;
        int positions = WatchedSequence.positions(length, CROWDS.getLast(), BLOCK);
        for (Tier tier : plan.tiers()) {
            for (int threads : plan.threads()) {
                try (var loaded = Subject.load(file, tier, threads, length, positions, plan.cache())) {
                    for (int repetition = 0; repetition < plan.repeat(); repetition++) {
                        runAll(loaded, tier, threads, repetition, turn + repetition);
                    }
                }
                turn++;
            }
        }
        MessageDigest all = WatchedSequence.sha256();
        expected.forEach(hashes -> all.update(hash(hashes)));
        boolean same = cases.stream().allMatch(found -> found.differsAt().isEmpty());
        return new Verdict(model, plan.seed(), length, same, HexFormat.of().formatHex(all.digest()), cases);
    }

    private void runAll(StepRunner runner, Tier tier, int threads, int repetition, int turn) {
        StepRunner.Limits limits = runner.limits();
        int[] tokens = new Random(plan.seed() + repetition)
                .ints(length, 0, limits.vocabulary())
                .toArray();
        if (expected.size() == repetition) {
            Way alone = new Way.Together(0, Math.min(length, limits.maxLogits()));
            expected.add(new WatchedSequence(runner, tokens, plan.seed()).run(alone));
        }
        List<Way> ways = ways(limits, turn);
        for (int i = 0; i < ways.size(); i++) {
            long chance = plan.seed() + 31L * (turn * ways.size() + i);
            var actual = new WatchedSequence(runner, tokens, chance).run(ways.get(i));
            Optional<Integer> difference = difference(expected.get(repetition), actual);
            Case done = new Case(
                    repetition + 1,
                    tier.text(),
                    threads,
                    ways.get(i).text(),
                    HexFormat.of().formatHex(hash(actual)),
                    difference);
            cases.add(done);
            listener.accept(done);
        }
    }

    /** Every chunk size with one of the crowds, and what becomes of keys and values of others or lost ones. */
    private List<Way> ways(StepRunner.Limits limits, int turn) {
        List<Way> ways = new ArrayList<>();
        for (int i = 0; i < CHUNKS.size(); i++) {
            int chunk = Math.min(length, CHUNKS.get(i));
            ways.add(new Way.Together(CROWDS.get((i + turn) % CROWDS.size()), chunk));
        }
        int shared = (length - 1) / limits.blockPositions() * limits.blockPositions();
        if (shared > 0) {
            ways.add(new Way.SharedPrefix(shared));
        }
        ways.add(new Way.Resumed(length / 2));
        return ways;
    }

    /** The first position that was computed and has other bits. */
    static Optional<Integer> difference(byte[] @Nullable [] expected, byte[] @Nullable [] actual) {
        return IntStream.range(0, expected.length)
                .filter(i -> actual[i] != null && !Arrays.equals(expected[i], actual[i]))
                .boxed()
                .findFirst();
    }

    private static byte[] hash(byte[] @Nullable [] hashes) {
        MessageDigest digest = WatchedSequence.sha256();
        for (byte[] hash : hashes) {
            if (hash != null) {
                digest.update(hash);
            }
        }
        return digest.digest();
    }
}
