package smelt.check.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/** One sequence through a step runner, by hand. */
final class LogProbabilities {
    private final StepRunner runner;
    private final int[] blocks;

    LogProbabilities(StepRunner runner) {
        this.runner = runner;
        this.blocks = IntStream.range(0, runner.limits().blockCount()).toArray();
    }

    /** Logits after each token, computed in chunks of at most {@code chunk} tokens. */
    List<float[]> logits(int[] tokens, int chunk) {
        List<float[]> result = new ArrayList<>();
        for (int from = 0; from < tokens.length; from += chunk) {
            int[] part = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + chunk));
            StepRunner.Logits logits = runner.run(new StepBatch(List.of(new StepBatch.Chunk(part, from, blocks, 0))));
            for (int i = 0; i < logits.count(); i++) {
                result.add(floats(logits.row(i)));
            }
        }
        return result;
    }

    /** The most likely continuation, ties to the lower id. */
    List<Integer> greedy(int[] prompt, int count) {
        List<Integer> tokens = new ArrayList<>();
        float[] last = logits(prompt, runner.limits().maxLogits()).getLast();
        int position = prompt.length;
        while (true) {
            tokens.add(argmax(last));
            if (tokens.size() == count) {
                return tokens;
            }
            int[] next = {tokens.getLast()};
            StepBatch batch = new StepBatch(List.of(new StepBatch.Chunk(next, position++, blocks, 0)));
            last = floats(runner.run(batch).row(0));
        }
    }

    static double logProbability(float[] logits, int token) {
        double top = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            top = Math.max(top, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - top);
        }
        return logits[token] - top - Math.log(sum);
    }

    static int argmax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    private static float[] floats(MemorySegment row) {
        return row.toArray(ValueLayout.JAVA_FLOAT);
    }
}
