package smelt.cli;

import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import smelt.engine.sampling.Sampling;

/** How the next token is chosen; the defaults are llama.cpp's. */
@Command
final class SamplingOptions {
    @Option(
            names = {"--temperature", "--temp"},
            paramLabel = "T",
            defaultValue = "0.8",
            description = "0: always the most likely token (default: ${DEFAULT-VALUE}).")
    double temperature = Sampling.DEFAULT.temperature();

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "40",
            description = "Only the K most likely tokens; 0: all (default: ${DEFAULT-VALUE}).")
    int topK = Sampling.DEFAULT.topK();

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "0.95",
            description = "Only the most likely tokens that together reach P; 1: all (default: ${DEFAULT-VALUE}).")
    double topP = Sampling.DEFAULT.topP();

    @Option(
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0.05",
            description = "Only tokens at least P times as likely as the first; 0: all (default: ${DEFAULT-VALUE}).")
    double minP = Sampling.DEFAULT.minP();

    @Option(
            names = {"--typical-p", "--typical"},
            paramLabel = "P",
            defaultValue = "1",
            description = "Only tokens of typical surprise that together pass P; 1: all (default: ${DEFAULT-VALUE}).")
    double typicalP = Sampling.DEFAULT.typicalP();

    @Option(
            names = {"--repeat-penalty", "--repetition-penalty"},
            paramLabel = "F",
            defaultValue = "1",
            description = "Makes recent tokens less likely by this factor; 1: none (default: ${DEFAULT-VALUE}).")
    double repeatPenalty = Sampling.DEFAULT.repetitionPenalty();

    @Option(
            names = "--frequency-penalty",
            paramLabel = "F",
            defaultValue = "0",
            description = "Taken off per recent occurrence of a token (default: ${DEFAULT-VALUE}).")
    double frequencyPenalty = Sampling.DEFAULT.frequencyPenalty();

    @Option(
            names = "--presence-penalty",
            paramLabel = "F",
            defaultValue = "0",
            description = "Taken off where a token occurred recently (default: ${DEFAULT-VALUE}).")
    double presencePenalty = Sampling.DEFAULT.presencePenalty();

    @Option(
            names = "--repeat-last-n",
            paramLabel = "N",
            defaultValue = "64",
            description = "How many tokens count as recent; -1: all (default: ${DEFAULT-VALUE}).")
    int repeatLastN = Sampling.DEFAULT.penaltyWindow();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed gives the same answer (default: a new one each time).")
    @Nullable
    Long seed;

    @Option(
            names = "--logit-bias",
            paramLabel = "ID=BIAS",
            description = "Makes a token more or less likely; may be repeated.")
    Map<Integer, Float> logitBias = Map.of();

    /** @throws smelt.base.Failure INVALID_ARGUMENT naming the parameter that is out of range */
    Sampling sampling() {
        long chosen = seed == null ? new SplittableRandom().nextLong() >>> 33 : seed;
        return Sampling.DEFAULT
                .withTemperature(temperature)
                .withTopK(topK)
                .withTopP(topP)
                .withMinP(minP)
                .withTypicalP(typicalP)
                .withRepetitionPenalty(repeatPenalty)
                .withFrequencyPenalty(frequencyPenalty)
                .withPresencePenalty(presencePenalty)
                .withPenaltyWindow(repeatLastN == -1 ? Integer.MAX_VALUE : repeatLastN)
                .withSeed(chosen)
                .withLogitBias(logitBias);
    }
}
