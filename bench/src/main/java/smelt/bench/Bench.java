package smelt.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Metrics;
import smelt.targets.cpu.LimitProbe;

/**
 * Measures one model: rounds of all scenarios, each run between measurements of the machine's limits, then the peers.
 * On a shared machine speed moves by half within a minute; what takes turns meets the same machine.
 */
public final class Bench {
    /** Sweeps of memory, and slices of arithmetic, on each side of a run. */
    private static final int PROBES = 3;
    /** Sequences take whole blocks of keys and values. */
    private static final int BLOCK = 64;

    private final String name;
    private final Path file;
    private final Plan plan;
    private final List<Peer> peers;
    private final Consumer<String> progress;
    private final long begin = System.nanoTime();
    private final Host host = Host.detect();
    private final List<Measured> all;
    private final int context;
    private double fastestRead;

    private Bench(String name, Path file, Plan plan, List<Peer> peers, Consumer<String> progress) {
        this.name = name;
        this.file = file;
        this.plan = plan;
        this.peers = peers;
        this.progress = progress;
        int trained = Subject.trainedContext(file);
        all = plan.scenarios().stream()
                .map(scenario -> new Measured(scenario, trained))
                .toList();
        context = open().mapToInt(Scenario::positions)
                .max()
                .orElseThrow(() -> Failure.of(
                                FailureCode.LIMIT_EXCEEDED,
                                "Nothing of this benchmark fits the model's context of " + trained)
                        .withNextStep("take a smaller --prompt, --output and --context"));
    }

    /**
     * Measures.
     *
     * @param name of the model, for the report
     * @param peers other engines to measure beside this one
     * @param progress hears what is being done
     * @throws Failure as loading a model does, and where nothing can be measured at all
     */
    public static Report run(String name, Path file, Plan plan, List<Peer> peers, Consumer<String> progress) {
        return new Bench(name, file, plan, peers, progress).run();
    }

    private Report run() {
        progress.accept("loading " + name);
        double firstLoad;
        try (Subject first = load()) {
            firstLoad = first.loadSeconds();
        }
        try (Subject subject = load()) {
            measure(subject);
            return report(subject, firstLoad);
        }
    }

    private Stream<Scenario> open() {
        return all.stream().filter(Measured::isOpen).map(Measured::scenario);
    }

    private Subject load() {
        int positions = open().mapToInt(
                        scenario -> scenario.users() * Math.ceilDiv(scenario.positions(), BLOCK) * BLOCK)
                .max()
                .orElse(context);
        return Subject.open(file, host.tier(), plan.threads(), context, positions, plan.cache());
    }

    private void measure(Subject subject) {
        try (LimitProbe probe = host.probe(plan.threads())) {
            EngineRun runs = new EngineRun(subject.engine(), plan.seed());
            for (int round = 1; round <= plan.repeat(); round++) {
                for (int i = 0; i < all.size(); i++) {
                    measureOnce(all.get(i), round, all.size() - i, subject, runs, probe);
                }
                for (Peer peer : peers) {
                    measurePeer(peer, round);
                }
            }
        }
    }

    /** @param left scenarios of this round, which share the time that is left */
    private void measureOnce(
            Measured measured, int round, int left, Subject subject, EngineRun runs, LimitProbe probe) {
        if (!measured.isOpen()) {
            return;
        }
        if (!measured.fits(nanosLeft())) {
            measured.cutShort();
            return;
        }
        progress.accept("round " + round + " of " + plan.repeat() + ": "
                + measured.scenario().name());
        List<Double> reads = new ArrayList<>();
        List<Double> peaks = new ArrayList<>();
        probe(probe, reads, peaks);
        long start = System.nanoTime();
        try {
            Metrics before = subject.engine().metrics();
            double rate = runs.rate(measured.scenario(), start + nanosLeft() / left);
            double engineShare = engineShare(before, subject.engine().metrics());
            long nanos = System.nanoTime() - start;
            probe(probe, reads, peaks);
            var around = new Measured.Around(Spread.median(reads), Spread.median(peaks));
            measured.add(rate, engineShare, nanos, around, subject.work());
        } catch (Failure e) {
            if (e.code() == FailureCode.CANCELLED || e.code() == FailureCode.INTERNAL) {
                throw e;
            }
            measured.fail(e.what());
        }
    }

    /** Of the time of all steps between the two. */
    private static double engineShare(Metrics before, Metrics after) {
        double own = after.ownNanos() - before.ownNanos();
        return own / Math.max(1, own + after.stepNanos() - before.stepNanos());
    }

    private void probe(LimitProbe probe, List<Double> reads, List<Double> peaks) {
        for (int i = 0; i < PROBES; i++) {
            double read = probe.memoryRead();
            fastestRead = Math.max(fastestRead, read);
            reads.add(read);
            peaks.add(probe.int8());
        }
    }

    /** In the first round however little time is left: a figure without another beside it says less. */
    private void measurePeer(Peer peer, int round) {
        if (peer.missing().isPresent()) {
            return;
        }
        List<Measured> wanted = all.stream()
                .filter(measured -> measured.rate().isPresent() && measured.peerIsOpen(peer.name()))
                .toList();
        for (Measured measured : wanted) {
            if (round == 1 || nanosLeft() > 0) {
                progress.accept("round " + round + " of " + plan.repeat() + ": " + peer.name() + ", "
                        + measured.scenario().name());
                measured.addPeer(
                        peer.name(), peer.measure(file, measured.scenario(), plan.threads(), plan.peerLimit(), round));
            }
        }
    }

    private long nanosLeft() {
        return begin + plan.budget().toNanos() - System.nanoTime();
    }

    private Report report(Subject subject, double firstLoad) {
        Measured prefill = first(Scenario.Prefill.class);
        Measured decode = first(Scenario.Decode.class);
        return new Report(
                name,
                host.machine().cpu(),
                host.tier().text(),
                plan.threads(),
                plan.cache().text(),
                plan.repeat(),
                plan.seed(),
                prefill.rate().map(Spread::median),
                decode.rate().map(Spread::median),
                Spread.of(decode.bandwidths()).map(Spread::median),
                fastestRead > 0 ? Optional.of(fastestRead) : Optional.empty(),
                Spread.of(prefill.peaks()).map(Spread::median).filter(peak -> peak > 0),
                decode.shareOfBandwidth().map(Spread::median),
                prefill.shareOfPeak().map(Spread::median),
                subject.loadSeconds(),
                firstLoad,
                memory(subject),
                all.stream().map(Measured::row).toList(),
                peers.stream()
                        .map(peer -> new Report.PeerState(peer.name(), peer.missing()))
                        .toList(),
                host.remarks(plan.threads(), subject.work().weightBytes()),
                (System.nanoTime() - begin) / 1e9);
    }

    private Measured first(Class<? extends Scenario> kind) {
        return all.stream()
                .filter(measured -> kind.isInstance(measured.scenario()))
                .findFirst()
                .orElseThrow();
    }

    private static Report.Memory memory(Subject subject) {
        long weights = subject.model().weightBytes();
        long cache = subject.model().cacheBytes();
        Optional<ResidentMemory> resident = ResidentMemory.now();
        return new Report.Memory(
                weights,
                cache,
                (long) subject.work().weightBytes(),
                resident.map(ResidentMemory::total),
                resident.map(ResidentMemory::ofFiles),
                resident.map(memory -> Math.max(0, memory.total() - weights - cache)));
    }
}
