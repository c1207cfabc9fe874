package smelt.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/**
 * The step of prompts while others generate. It is computed piece by piece between their steps, so that it may have
 * many rows, which is what makes prompts cheap, and yet delays each of their tokens by little.
 */
final class AsideStep {
    private final StepRunner runner;
    private final List<Sequence> members = new ArrayList<>();
    private final List<StepBatch.Chunk> chunks = new ArrayList<>();
    private final StepBatch batch = StepBatch.of(chunks);
    private boolean begun;
    private long nanos;

    AsideStep(StepRunner runner) {
        this.runner = runner;
    }

    /** It can be computed in so many pieces. */
    int pieces() {
        return Math.max(1, runner.pieces());
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    boolean has(Sequence sequence) {
        return members.contains(sequence);
    }

    List<Sequence> members() {
        return members;
    }

    List<StepBatch.Chunk> chunks() {
        return chunks;
    }

    int rows() {
        return batch.rows();
    }

    /** Nanoseconds that its pieces have taken. */
    long nanos() {
        return nanos;
    }

    /** Will compute what each of {@code sequences} has scheduled. */
    void prepare(List<Sequence> sequences) {
        members.addAll(sequences);
        nanos = 0;
    }

    /**
     * Computes a piece, and more if all of it takes no longer than {@code most} nanoseconds.
     *
     * @return null while there is more to compute
     */
    StepRunner.@Nullable Logits proceed(long most) {
        if (!begun) {
            members.forEach(sequence -> chunks.add(sequence.chunk()));
            begun = true;
            if (runner.pieces() > 0) {
                runner.begin(batch);
            }
        }
        return runner.pieces() > 0 ? runner.proceed(most) : runner.run(batch);
    }

    void took(long more) {
        nanos += more;
    }

    /** Ends it; returns its sequences, with what they have scheduled. */
    List<Sequence> end() {
        List<Sequence> left = List.copyOf(members);
        if (begun) {
            runner.abandon();
        }
        members.clear();
        chunks.clear();
        begun = false;
        return left;
    }

    /** What it has computed is no use; its sequences may be scheduled anew. */
    void abandon() {
        end().forEach(sequence -> sequence.schedule(0));
    }
}
