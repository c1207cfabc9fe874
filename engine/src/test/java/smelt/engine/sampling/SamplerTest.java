package smelt.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.runtime.StepRunner;

/** Guards engine/: what is chosen is what the parameters mean, and depends on nothing else. */
class SamplerTest {
    private static final int[] NO_TOKENS = {};
    /** Sums over the vocabulary are of single precision. */
    private static final double SUMMED = 3e-7;

    @Test
    void greedyTakesTheLowestOfEquals() {
        var sampler = new Sampler(6);
        var row = row(1, 3, -2, 3, 3, 0);
        assertThat(sampler.choose(row, 0, Sampling.GREEDY, NO_TOKENS, 0, 0)).isEqualTo(1);
    }

    @Test
    void greedyReadsLongRowsInChunks() {
        var random = new Random(3);
        for (int round = 0; round < 50; round++) {
            float[] row = new float[1 + random.nextInt(9_000)];
            int best = random.nextInt(row.length);
            row[best] = 1;
            row[best + random.nextInt(row.length - best)] = 1;
            assertThat(new Sampler(row.length).choose(row(row), 0, Sampling.GREEDY, NO_TOKENS, 0, 0))
                    .isEqualTo(best);
        }
    }

    @Test
    void choosesAsTheNaiveSamplerDoes() {
        var random = new Random(4);
        for (int round = 0; round < 6_000; round++) {
            int vocabulary = 2 + random.nextInt(round % 10 == 0 ? 1500 : 60);
            float[] row = randomRow(random, vocabulary);
            int[] tokens = random.ints(random.nextInt(40), 0, vocabulary).toArray();
            Sampling sampling = randomSampling(random, vocabulary);
            int actual = new Sampler(vocabulary).choose(row(row), 0, sampling, tokens, tokens.length, round % 3);
            double uniform = Randomness.uniform(sampling.seed(), round % 3, tokens.length);
            assertThat(actual)
                    .as("round %d: %s", round, sampling)
                    .isEqualTo(NaiveSampler.choose(row, sampling, tokens, uniform));
        }
    }

    /** Some rows have many equal logits, some are spread far, some have tokens that are out of the question. */
    private static float[] randomRow(RandomGenerator random, int vocabulary) {
        float[] row = new float[vocabulary];
        double spread = random.nextInt(8) == 0 ? 1e4 : 3;
        boolean equals = random.nextInt(4) == 0;
        boolean impossible = random.nextInt(4) == 0;
        for (int i = 0; i < vocabulary; i++) {
            row[i] = (float) (random.nextGaussian() * spread);
            row[i] = equals ? Math.round(row[i]) : row[i];
            row[i] = impossible && i > 0 && random.nextInt(3) > 0 ? Float.NEGATIVE_INFINITY : row[i];
        }
        return row;
    }

    private static Sampling randomSampling(RandomGenerator random, int vocabulary) {
        Map<Integer, Float> bias = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            bias.put(random.nextInt(vocabulary), (float) random.nextGaussian() * 5);
        }
        return new Sampling(
                random.nextInt(5) == 0 ? 0 : 0.1 + random.nextDouble() * 2,
                random.nextBoolean() ? 0 : 1 + random.nextInt(random.nextInt(5) == 0 ? 2 * vocabulary : 50),
                random.nextBoolean() ? 1 : random.nextDouble(),
                random.nextBoolean() ? 0 : random.nextDouble() * 0.3,
                random.nextBoolean() ? 1 : 0.05 + 0.9 * random.nextDouble(),
                random.nextBoolean() ? 1 : 0.5 + random.nextDouble(),
                random.nextBoolean() ? 0 : random.nextDouble() * 2 - 1,
                random.nextBoolean() ? 0 : random.nextDouble() * 2 - 1,
                random.nextInt(50),
                random.nextLong(),
                bias);
    }

    @Test
    void drawsFollowTheDistribution() {
        float[] row = {2, 1, 0, -1, 0.5f};
        var sampler = new Sampler(row.length);
        Sampling plain = Sampling.PLAIN.withTemperature(0.7).withSeed(99);
        Sampling limited = plain.withTopK(5).withTopP(0.999999);
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp(logit / 0.7);
        }
        int draws = 100_000;
        int[][] counts = new int[2][row.length];
        for (int position = 0; position < draws; position++) {
            counts[0][sampler.choose(row(row), 0, plain, NO_TOKENS, 0, position)]++;
            counts[1][sampler.choose(row(row), 0, limited, new int[0], 0, position)]++;
        }
        for (int id = 0; id < row.length; id++) {
            double p = Math.exp(row[id] / 0.7) / sum;
            double fourSigma = 4 * Math.sqrt(p * (1 - p) * draws);
            assertThat((double) counts[0][id]).isCloseTo(p * draws, within(fourSigma));
            assertThat((double) counts[1][id]).isCloseTo(p * draws, within(fourSigma));
        }
    }

    @Test
    void randomnessIsAFunctionOfSeedChoiceAndPosition() {
        assertThat(Randomness.uniform(7, 1, 30)).isEqualTo(Randomness.uniform(7, 1, 30));
        assertThat(Randomness.uniform(7, 1, 30)).isNotEqualTo(Randomness.uniform(8, 1, 30));
        assertThat(Randomness.uniform(7, 1, 30)).isNotEqualTo(Randomness.uniform(7, 2, 30));
        assertThat(Randomness.uniform(7, 1, 30)).isNotEqualTo(Randomness.uniform(7, 1, 31));
        double sum = 0;
        for (int position = 0; position < 10_000; position++) {
            double u = Randomness.uniform(0, 0, position);
            assertThat(u).isBetween(0.0, Math.nextDown(1.0));
            sum += u;
        }
        assertThat(sum / 10_000).isCloseTo(0.5, within(0.012));
    }

    @Test
    void logProbsAreThoseOfTheModel() {
        var random = new Random(5);
        float[] row = randomRow(random, 500);
        LogProbs logProbs = new Sampler(500).logProbs(row(row), 0, 17, 5);
        double sum = 0;
        for (float logit : row) {
            sum += StrictMath.exp(logit);
        }
        assertThat(logProbs.logProb()).isCloseTo(row[17] - StrictMath.log(sum), within(SUMMED));
        assertThat(logProbs.top()).hasSize(5);
        assertThat(logProbs.top().getFirst().id())
                .isEqualTo(new Sampler(500).choose(row(row), 0, Sampling.GREEDY, NO_TOKENS, 0, 0));
        assertThat(logProbs.top()).isSortedAccordingTo((a, b) -> Double.compare(b.logProb(), a.logProb()));
    }

    @Test
    void bannedTokensAreNeverChosen() {
        var sampler = new Sampler(3);
        var row = row(9, 1, 1);
        Sampling ban = Sampling.PLAIN.withLogitBias(Map.of(0, Float.NEGATIVE_INFINITY));
        for (int position = 0; position < 200; position++) {
            assertThat(sampler.choose(row, 0, ban.withSeed(position), NO_TOKENS, 0, 0))
                    .isNotZero();
        }
        Sampling all = Sampling.GREEDY.withLogitBias(
                Map.of(0, Float.NEGATIVE_INFINITY, 1, Float.NEGATIVE_INFINITY, 2, Float.NEGATIVE_INFINITY));
        assertThatThrownBy(() -> sampler.choose(row, 0, all, NO_TOKENS, 0, 0)).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> sampler.choose(row, 0, all.withTemperature(1), NO_TOKENS, 0, 0))
                .isInstanceOf(Failure.class);
    }

    @Test
    void brokenLogitsAreRefused() {
        var sampler = new Sampler(3);
        for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            var row = row(1, broken, 2);
            assertThatThrownBy(() -> sampler.choose(row, 0, Sampling.GREEDY, NO_TOKENS, 0, 0))
                    .isInstanceOf(Failure.class);
            assertThatThrownBy(() -> sampler.choose(row, 0, Sampling.DEFAULT, NO_TOKENS, 0, 0))
                    .isInstanceOf(Failure.class);
            assertThatThrownBy(() -> sampler.logProbs(row, 0, 0, 1)).isInstanceOf(Failure.class);
        }
    }

    @Test
    void parametersOutOfRangeAreRefusedByName() {
        assertThatThrownBy(() -> Sampling.DEFAULT.withTemperature(-1))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("temperature");
        assertThatThrownBy(() -> Sampling.DEFAULT.withTemperature(Double.NaN)).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> Sampling.PLAIN.withTopK(-1)).hasMessageContaining("top_k");
        assertThatThrownBy(() -> Sampling.PLAIN.withTopP(1.1)).hasMessageContaining("top_p");
        assertThatThrownBy(() -> Sampling.PLAIN.withLogitBias(Map.of(3, Float.NaN)))
                .hasMessageContaining("token 3");
    }

    /** A step's result of this one row. */
    private static StepRunner.Logits row(float... logits) {
        return new StepRunner.Logits() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public MemorySegment row(int index) {
                return MemorySegment.ofArray(logits);
            }
        };
    }
}
