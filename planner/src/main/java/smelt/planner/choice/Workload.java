package smelt.planner.choice;

import java.util.List;
import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.NearestNames;

/**
 * What requests look like.
 *
 * @param input tokens of a prompt, mean
 * @param output tokens of an answer, mean
 * @param prefixHitShare share of the input that is in the cache already, 0 to 1
 * @param burstiness coefficient of variation of the gaps between requests; 1: independent users
 * @param source where the figures come from
 * @param replay the trace that is played; empty: requests are drawn by these figures
 */
public record Workload(
        String name,
        int input,
        int output,
        double prefixHitShare,
        double burstiness,
        String source,
        Optional<Replay> replay) {
    private static final String AZURE = "AzurePublicDataset, LLM inference traces of 2023 (CC-BY): means; gaps ";
    private static final String OURS = "a round figure of ours, no measurement: say --input and --output";

    Workload(String name, int input, int output, double prefixHitShare, double burstiness, String source) {
        this(name, input, output, prefixHitShare, burstiness, source, Optional.empty());
    }

    /** Those that have a name. */
    public static final List<Workload> KNOWN = List.of(
            new Workload("chat", 1155, 211, 0, 1.1, AZURE + "of conversations"),
            new Workload("code", 2048, 28, 0, 13.2, AZURE + "of code completion"),
            new Workload("rag", 4096, 256, 0, 1, OURS),
            new Workload("agent", 12035, 343, 0.366, 3, "Mooncake (FAST'25), conversation trace: means"),
            new Workload("summary", 8192, 512, 0, 1, OURS),
            new Workload("batch", 1024, 1024, 0, 1, OURS));

    /** @throws Failure NOT_FOUND with the nearest names */
    public static Workload named(String name) {
        return KNOWN.stream()
                .filter(w -> w.name.equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> unknown(name));
    }

    private static Failure unknown(String name) {
        List<String> names = KNOWN.stream().map(Workload::name).toList();
        List<String> near = NearestNames.to(name, names, 1);
        return Failure.of(
                FailureCode.NOT_FOUND,
                "There is no workload named " + name
                        + (near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?") + " (known: "
                        + String.join(", ", names) + ")");
    }

    Workload withLengths(int tokensIn, int tokensOut, String origin) {
        return new Workload(name, tokensIn, tokensOut, prefixHitShare, burstiness, origin, replay);
    }

    Workload withPrefixHits(double share) {
        return new Workload(name, input, output, share, burstiness, source, replay);
    }

    int tokens() {
        return input + output;
    }
}
