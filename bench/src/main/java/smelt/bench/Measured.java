package smelt.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A scenario and what was measured of it so far. */
final class Measured {
    private final Scenario scenario;
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> bandwidths = new ArrayList<>();
    private final List<Double> peaks = new ArrayList<>();
    private final List<Double> sharesOfBandwidth = new ArrayList<>();
    private final List<Double> sharesOfPeak = new ArrayList<>();
    private final List<Double> engineShares = new ArrayList<>();
    private final Map<String, PeerRates> peers = new LinkedHashMap<>();
    private long longestNanos;
    private @Nullable String problem;

    private static final class PeerRates {
        private final List<Double> rates = new ArrayList<>();
        private @Nullable String note;
        private boolean failed;
    }

    /** @param trained positions of one sequence that the model was made for */
    Measured(Scenario scenario, int trained) {
        this.scenario = scenario;
        if (scenario.positions() > trained) {
            problem = "takes " + scenario.positions() + " positions, the model has " + trained;
        }
    }

    Scenario scenario() {
        return scenario;
    }

    /** Whether it fits the model and has not failed. */
    boolean isOpen() {
        return problem == null;
    }

    /** Whether another run like those before fits into {@code nanos}. */
    boolean fits(long nanos) {
        return rates.isEmpty() ? nanos > 0 : nanos > longestNanos;
    }

    void fail(String why) {
        problem = why;
    }

    /** Leaves a reason why there are fewer runs than asked for. */
    void cutShort() {
        if (problem == null) {
            problem = rates.isEmpty() ? "no time was left" : "no time was left for more than " + rates.size() + " runs";
        }
    }

    /**
     * @param rate tokens a second
     * @param engineShare of the time of the run's steps, that of the engine's own work
     * @param limits around the run
     */
    void add(double rate, double engineShare, long nanos, Around limits, Work work) {
        longestNanos = Math.max(longestNanos, nanos);
        rates.add(rate);
        engineShares.add(engineShare);
        bandwidths.add(limits.memoryRead());
        peaks.add(limits.int8());
        bytesPerToken(work).ifPresent(bytes -> sharesOfBandwidth.add(bytes * rate / 1e9 / limits.memoryRead()));
        if (limits.int8() > 0) {
            sharesOfPeak.add(operationsPerToken(work) * rate / 1e12 / limits.int8());
        }
    }

    /** Median rates of memory (10^9 bytes a second) and of int8 dots (10^12 operations) just before and after a run. */
    record Around(double memoryRead, double int8) {}

    /**
     * Bytes that one written token of one user must read; empty for prefill, whose weights are read for many at once.
     */
    private Optional<Double> bytesPerToken(Work work) {
        return switch (scenario) {
            case Scenario.Prefill prefill -> Optional.empty();
            case Scenario.Decode decode -> Optional.of(work.decodeBytes(1, decode.depth() + decode.tokens() / 2.0));
            case Scenario.Crowd crowd ->
                Optional.of(work.decodeBytes(crowd.users(), crowd.prompt() + crowd.tokens() / 2.0) / crowd.users());
        };
    }

    private double operationsPerToken(Work work) {
        return switch (scenario) {
            case Scenario.Prefill prefill -> work.prefillOperations(prefill.tokens()) / prefill.tokens();
            case Scenario.Decode decode -> work.decodeOperations();
            case Scenario.Crowd crowd -> work.decodeOperations();
        };
    }

    boolean peerIsOpen(String peer) {
        return !peers.containsKey(peer) || !peers.get(peer).failed;
    }

    void addPeer(String peer, Peer.Result result) {
        PeerRates of = peers.computeIfAbsent(peer, name -> new PeerRates());
        result.tokensPerSecond().ifPresent(of.rates::add);
        result.note().ifPresent(note -> of.note = note);
        of.failed |= result.tokensPerSecond().isEmpty();
    }

    Optional<Spread> rate() {
        return Spread.of(rates);
    }

    List<Double> bandwidths() {
        return bandwidths;
    }

    List<Double> peaks() {
        return peaks;
    }

    Optional<Spread> shareOfBandwidth() {
        return Spread.of(sharesOfBandwidth);
    }

    Optional<Spread> shareOfPeak() {
        return Spread.of(sharesOfPeak);
    }

    Report.Row row() {
        List<Report.PeerRate> others = peers.entrySet().stream()
                .map(entry -> new Report.PeerRate(
                        entry.getKey(), Spread.of(entry.getValue().rates), Optional.ofNullable(entry.getValue().note)))
                .toList();
        double best = others.stream()
                .flatMap(other -> other.tokensPerSecond().stream())
                .mapToDouble(Spread::median)
                .max()
                .orElse(0);
        return new Report.Row(
                scenario.name(),
                scenario.users(),
                rate(),
                shareOfBandwidth(),
                shareOfPeak(),
                Spread.of(engineShares),
                others,
                rate().filter(ours -> best > 0).map(ours -> ours.median() / best),
                Optional.ofNullable(problem));
    }
}
