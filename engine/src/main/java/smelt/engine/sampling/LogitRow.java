package smelt.engine.sampling;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.runtime.LogitChunks;
import smelt.runtime.StepRunner;

/**
 * One row of logits, of which only those chunks are read that matter, as the step's summary tells; logits may be
 * changed. Reused for row after row without allocating; owned by one thread.
 */
final class LogitRow {
    private static final int SIZE = LogitChunks.SIZE;

    private final int vocabulary;
    /** Chunks that were read; others hold anything. */
    private final float[] values;
    /** By chunk: the number of the row that was read last. */
    private final int[] read;

    /** Chunks with changed logits, and by chunk the number of the row that was last changed there. */
    private final int[] changed;

    private final int[] changedIn;
    private int changedCount;
    private boolean settled;
    private final float[] maxima;
    private final float[] masses;
    /** Masses relative to the largest logit of the row. */
    private final double[] shares;

    private final Largest chunks = new Largest();
    private StepRunner.Logits source = new NoLogits();
    private int index;
    private int number;

    LogitRow(int vocabulary) {
        this.vocabulary = vocabulary;
        int count = LogitChunks.count(vocabulary);
        values = new float[vocabulary];
        read = new int[count];
        changed = new int[count];
        changedIn = new int[count];
        maxima = new float[count];
        masses = new float[count];
        shares = new double[count];
    }

    /** Turns to row {@code row} of {@code logits}, as the model gave it. */
    void turnTo(StepRunner.Logits logits, int row) {
        source = logits;
        index = row;
        if (++number == 0) {
            Arrays.fill(read, 0);
            Arrays.fill(changedIn, 0);
            number = 1;
        }
        changedCount = 0;
        settled = true;
        logits.maxima(row, maxima);
    }

    float get(int id) {
        read(id / SIZE);
        return values[id];
    }

    void set(int id, float value) {
        int chunk = id / SIZE;
        read(chunk);
        values[id] = value;
        settled = false;
        if (changedIn[chunk] != number) {
            changedIn[chunk] = number;
            changed[changedCount++] = chunk;
        }
    }

    /** Makes all others impossible; chunks without any allowed token are not read. */
    void allowOnly(TokenSet allowed) {
        for (int chunk = 0; chunk < maxima.length; chunk++) {
            int from = chunk * SIZE;
            int end = end(chunk);
            if (allowed.hasNone(from, end)) {
                Arrays.fill(values, from, end, Float.NEGATIVE_INFINITY);
                read[chunk] = number;
                maxima[chunk] = Float.NEGATIVE_INFINITY;
            } else if (!allowed.hasAll(from, end)) {
                set(from, get(from));
                for (int id = from; id < end; id++) {
                    values[id] = allowed.contains(id) ? values[id] : Float.NEGATIVE_INFINITY;
                }
            }
        }
    }

    private void read(int chunk) {
        if (read[chunk] != number) {
            MemorySegment row = source.row(index);
            int from = chunk * SIZE;
            MemorySegment.copy(row, ValueLayout.JAVA_FLOAT, (long) from * Float.BYTES, values, from, end(chunk) - from);
            read[chunk] = number;
        }
    }

    private int end(int chunk) {
        return Math.min(vocabulary, (chunk + 1) * SIZE);
    }

    /**
     * The largest logit.
     *
     * @throws Failure MALFORMED where one is not a number: the arithmetic below is broken, any token would be a lie;
     *     INVALID_ARGUMENT where all are -Infinity
     */
    float max() {
        settle();
        float max = Float.NEGATIVE_INFINITY;
        for (int chunk = 0; chunk < maxima.length; chunk++) {
            if (maxima[chunk] == Float.POSITIVE_INFINITY) {
                throw broken(chunk);
            }
            max = Math.max(max, maxima[chunk]);
        }
        if (max == Float.NEGATIVE_INFINITY) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "No token is left to choose: all logits are -Infinity")
                    .withNextStep("ban fewer tokens by logit_bias");
        }
        return max;
    }

    private void settle() {
        if (settled) {
            return;
        }
        for (int i = 0; i < changedCount; i++) {
            int chunk = changed[i];
            maxima[chunk] = LogitChunks.max(values, chunk * SIZE, end(chunk));
        }
        settled = true;
    }

    private Failure broken(int chunk) {
        read(chunk);
        int id = chunk * SIZE;
        while (values[id] < Float.POSITIVE_INFINITY) {
            id++;
        }
        return Failure.of(FailureCode.MALFORMED, "The weights gave a logit of " + values[id])
                .withNextStep("check the model file against its checksum; if it is sound, report this");
    }

    /** The token with the largest logit, of equals the lowest id. */
    int argmax() {
        float max = max();
        int chunk = 0;
        while (maxima[chunk] != max) {
            chunk++;
        }
        read(chunk);
        int id = chunk * SIZE;
        while (values[id] != max) {
            id++;
        }
        return id;
    }

    /**
     * Selects the {@code k} largest logits. They lie in the k chunks with the largest maxima: each of these has one
     * that comes before all of any other chunk.
     */
    void selectLargest(Largest largest, int k) {
        settle();
        chunks.select(maxima, maxima.length, k);
        largest.begin(Math.min(k, vocabulary));
        for (int rank = 0; rank < chunks.count() && largest.wants(chunks.value(rank)); rank++) {
            int chunk = chunks.index(rank);
            read(chunk);
            largest.offer(values, chunk * SIZE, end(chunk));
        }
        largest.finish();
    }

    /** The sum of exp((logit - max) / temperature) over all tokens, by chunks in ascending order. */
    double mass(float max, double temperature) {
        source.masses(index, temperature, masses);
        float scale = LogitChunks.scale(temperature);
        for (int i = 0; i < changedCount; i++) {
            int chunk = changed[i];
            masses[chunk] = LogitChunks.mass(values, chunk * SIZE, end(chunk), maxima[chunk], scale);
        }
        double sum = 0;
        for (int chunk = 0; chunk < shares.length; chunk++) {
            shares[chunk] = masses[chunk] * Exp.ofNonPositive(((double) maxima[chunk] - max) / temperature);
            sum += shares[chunk];
        }
        return sum;
    }

    /**
     * The token at {@code uniform} in [0, 1) of the distribution at this temperature, in order of ids: first its chunk,
     * by masses, then itself.
     */
    int draw(float max, double temperature, double uniform) {
        double target = uniform * mass(max, temperature);
        double reached = 0;
        int last = 0;
        for (int chunk = 0; chunk < shares.length; chunk++) {
            if (reached + shares[chunk] > target) {
                return drawFrom(chunk, temperature, (target - reached) / shares[chunk]);
            }
            reached += shares[chunk];
            last = shares[chunk] > 0 ? chunk : last;
        }
        return drawFrom(last, temperature, 1);
    }

    private int drawFrom(int chunk, double temperature, double uniform) {
        read(chunk);
        int begin = chunk * SIZE;
        int end = end(chunk);
        double sum = 0;
        for (int id = begin; id < end; id++) {
            sum += weight(id, chunk, temperature);
        }
        double target = uniform * sum;
        double reached = 0;
        int last = begin;
        for (int id = begin; id < end; id++) {
            double weight = weight(id, chunk, temperature);
            reached += weight;
            if (reached > target) {
                return id;
            }
            last = weight > 0 ? id : last;
        }
        return last;
    }

    private double weight(int id, int chunk, double temperature) {
        return Exp.ofNonPositive(((double) values[id] - maxima[chunk]) / temperature);
    }

    /** Of no step. */
    private static final class NoLogits implements StepRunner.Logits {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public MemorySegment row(int row) {
            throw new IndexOutOfBoundsException(row);
        }
    }
}
