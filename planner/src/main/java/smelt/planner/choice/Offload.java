package smelt.planner.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Link;
import smelt.planner.model.Attention;
import smelt.planner.model.Counts;
import smelt.planner.model.FeedForward;
import smelt.planner.model.LayerGroup;
import smelt.planner.model.ModelShape;
import smelt.planner.time.Deployment;
import smelt.planner.time.Engine;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Interval;
import smelt.planner.time.Layout;
import smelt.planner.time.MemoryUse;
import smelt.planner.time.StepClock;

/**
 * Models that are larger than the devices: the host keeps some layers, the experts, or keys and values, and multiplies
 * them itself; weights cross to the device where a prompt is long enough to pay for it.
 *
 * <p>Times are those of the parts one after the other, each as the forecaster tells it; intervals are a guess.
 */
final class Offload {
    /** Part of a memory that engines fill. */
    private static final double FILLED = 0.9;

    private static final double OVERHEAD = 1e9;
    /** Of a bus's one-way rate. */
    private static final double BUS_REACHED = 0.75;

    private static final double USUAL_BUS = 25e9;
    /** Of the host's memory bandwidth, by attention over keys and values. */
    private static final double HOST_REACHED = 0.6;

    private static final double TPOT_WIDTH = 1.5;
    private static final double TTFT_WIDTH = 2;
    private static final int[] CONCURRENCIES = {1, 2, 4, 8, 16, 32};

    private final Workload workload;
    private final Forecaster forecaster;
    private final Layout host;

    Offload(Workload workload, Forecaster forecaster, Device host) {
        this(workload, forecaster, new Layout(host, 1, 1, 1, 1, 1, false, 0));
    }

    /** @param host in stages of its own */
    Offload(Workload workload, Forecaster forecaster, Layout host) {
        this.workload = workload;
        this.forecaster = forecaster;
        this.host = host;
    }

    /** Of a deployment that does not fit: its last layers on devices of another kind. */
    List<OperatingPoint> stages(Deployment deployment) {
        List<OperatingPoint> all = new ArrayList<>();
        for (int concurrency : CONCURRENCIES) {
            layers(deployment, concurrency, Placement.Kind.STAGES)
                    .ifPresent(s -> all.add(point(deployment, s, concurrency)));
        }
        return all;
    }

    /** The parts of a model, where they lie, and how many tokens have room. */
    private record Split(
            Placement placement, ModelShape device, ModelShape host, StepClock clock, double deviceBytes) {}

    /** Of a deployment that does not fit; none where it does not fit so either. */
    List<OperatingPoint> points(Deployment deployment) {
        List<OperatingPoint> all = new ArrayList<>();
        for (int concurrency : CONCURRENCIES) {
            layers(deployment, concurrency, Placement.Kind.LAYERS)
                    .ifPresent(s -> all.add(point(deployment, s, concurrency)));
            experts(deployment, concurrency).ifPresent(s -> all.add(point(deployment, s, concurrency)));
            attention(deployment, concurrency).ifPresent(s -> all.add(point(deployment, s, concurrency)));
        }
        return all;
    }

    /** As many layers on the device as have room there. */
    private Optional<Split> layers(Deployment deployment, int concurrency, Placement.Kind kind) {
        ModelShape model = deployment.model();
        int all = model.layerCount();
        for (int kept = all - 1; kept > 0; kept--) {
            ModelShape device = slice(model, 0, kept);
            double bytes = onDevice(deployment, device, concurrency);
            if (bytes <= deviceRoom(deployment.layout())) {
                ModelShape rest = headless(slice(model, kept, all));
                var placement = new Placement(kind, all - kept, hostName());
                return split(deployment, placement, device, rest, concurrency, bytes);
            }
        }
        return Optional.empty();
    }

    /** All routed experts on the host. */
    private Optional<Split> experts(Deployment deployment, int concurrency) {
        ModelShape model = deployment.model();
        List<LayerGroup> here = new ArrayList<>();
        List<LayerGroup> there = new ArrayList<>();
        for (LayerGroup group : model.layers()) {
            if (group.feedForward() instanceof FeedForward.Experts e) {
                var shared = new FeedForward.Dense(Math.max(1, e.shared() * e.sharedInner()), e.gated());
                here.add(new LayerGroup(group.count(), group.attention(), shared));
                var routed = new FeedForward.Experts(e.routed(), e.active(), e.inner(), 0, 0, e.gated());
                there.add(new LayerGroup(group.count(), new Attention.None(), routed));
            } else {
                here.add(group);
            }
        }
        if (there.isEmpty()) {
            return Optional.empty();
        }
        ModelShape device = with(model, here);
        ModelShape rest = headless(with(model, there));
        double bytes = onDevice(deployment, device, concurrency);
        var placement = new Placement(Placement.Kind.EXPERTS, rest.layerCount(), hostName());
        return bytes <= deviceRoom(deployment.layout())
                ? split(deployment, placement, device, rest, concurrency, bytes)
                : Optional.empty();
    }

    /** All weights on the device, keys and values on the host. */
    private Optional<Split> attention(Deployment deployment, int concurrency) {
        double bytes = DeviceBytes.of(deployment).weights();
        double keys = kv(deployment, deployment.model(), concurrency);
        boolean needed = onDevice(deployment, deployment.model(), concurrency) > deviceRoom(deployment.layout());
        if (!needed || bytes > deviceRoom(deployment.layout()) || keys > hostRoom()) {
            return Optional.empty();
        }
        StepClock device = forecaster.clock(deployment);
        double perToken = Counts.kvBytesPerToken(deployment.model(), deployment.formats(), 0);
        double rate = host.device().memoryBandwidth().value() * HOST_REACHED;
        long tokens = (long) (hostRoom() / Math.max(1, perToken));
        StepClock clock = new StepClock() {
            @Override
            public double seconds(int promptRows, long promptContext, int decodeRows, long decodeContext) {
                return device.seconds(promptRows, promptContext, decodeRows, 0) + decodeContext * perToken / rate;
            }

            @Override
            public long kvTokens() {
                return tokens;
            }
        };
        var placement =
                new Placement(Placement.Kind.ATTENTION, deployment.model().layerCount(), hostName());
        return Optional.of(new Split(placement, deployment.model(), deployment.model(), clock, bytes));
    }

    private Optional<Split> split(
            Deployment deployment,
            Placement placement,
            ModelShape device,
            ModelShape rest,
            int concurrency,
            double deviceBytes) {
        double hostBytes = bytes(deployment, rest) + kv(deployment, rest, concurrency);
        if (hostBytes > hostRoom()) {
            return Optional.empty();
        }
        var clock = new ComposedClock(
                forecaster.clock(of(deployment, device, deployment.layout())),
                forecaster.clock(of(deployment, rest, host)),
                forecaster.clock(deployment),
                placement.kind() == Placement.Kind.STAGES
                        ? Double.POSITIVE_INFINITY
                        : bytes(deployment, rest) / bus(deployment.layout()),
                (long) concurrency * workload.tokens());
        return Optional.of(new Split(placement, device, rest, clock, deviceBytes));
    }

    private static double bus(Layout layout) {
        return layout.device().links().stream()
                        .filter(l -> l.kind() == Link.Kind.PCIE_HOST || l.kind() == Link.Kind.PCIE_PEER)
                        .mapToDouble(l -> l.bytesPerSecond().value() * BUS_REACHED)
                        .findFirst()
                        .orElse(USUAL_BUS)
                * layout.devices();
    }

    private OperatingPoint point(Deployment deployment, Split split, int concurrency) {
        StepClock clock = split.clock;
        long position = workload.input() + workload.output() / 2L;
        int computed = Math.max(1, TokenTimes.computed(workload));
        double prompt = clock.seconds(computed, (long) computed * (workload.input() - computed / 2), 0, 0);
        double step = clock.seconds(0, 0, concurrency, concurrency * position);
        double tpot = step + (concurrency - 1) * prompt / workload.output();
        double ttft = prompt * (concurrency + 1) / 2;
        double rate = concurrency * workload.output() / (ttft + (workload.output() - 1) * tpot);
        double keys = DeviceBytes.of(deployment, split.device).kept(concurrency, workload.tokens());
        double kept = split.placement.kind() == Placement.Kind.ATTENTION ? 0 : keys;
        var memory = new MemoryUse(
                (long) (split.deviceBytes - kept),
                (long) kept,
                0,
                (long) OVERHEAD,
                (long) deployment.layout().device().memoryBytes().value(),
                clock.kvTokens());
        var forecast = new Forecast(
                around(ttft * 1e3, TTFT_WIDTH),
                around(tpot * 1e3, TPOT_WIDTH),
                around(rate, TPOT_WIDTH),
                memory,
                true,
                false,
                1,
                List.of(pace(split.placement)));
        return new OperatingPoint(
                new Deployment(
                        deployment.model(), deployment.formats(), deployment.layout(), new Engine("llama.cpp", "")),
                concurrency,
                forecast,
                rate / workload.output(),
                TokenTimes.of(clock, workload, concurrency),
                split.placement);
    }

    private String pace(Placement placement) {
        String rate = Texts.number(host.device().memoryBandwidth().value() / 1e9) + " GB/s";
        boolean stages = placement.kind() == Placement.Kind.STAGES;
        return placement.text()
                + (stages ? " of " + rate : ", whose memory of " + rate + " sets the pace")
                + ": parts one after the other; the interval is a guess.";
    }

    private static Interval around(double value, double factor) {
        return new Interval(value / factor, value, value * factor);
    }

    private double hostRoom() {
        return host.devices() * FILLED * host.device().memoryBytes().value();
    }

    private String hostName() {
        return (host.devices() == 1 ? "" : host.devices() + " x ")
                + host.device().name();
    }

    /** Of one device. */
    private static double deviceRoom(Layout layout) {
        return FILLED * layout.device().memoryBytes().value() - OVERHEAD;
    }

    /** Weights, keys and values of one device. */
    private double onDevice(Deployment deployment, ModelShape part, int concurrency) {
        DeviceBytes bytes = DeviceBytes.of(deployment, part);
        return bytes.weights() + bytes.kept(concurrency, workload.tokens());
    }

    private static double bytes(Deployment deployment, ModelShape part) {
        return Counts.weightBytes(part, deployment.formats());
    }

    private double kv(Deployment deployment, ModelShape part, int concurrency) {
        return concurrency
                * (workload.tokens() * Counts.kvBytesPerToken(part, deployment.formats(), 0)
                        + Counts.stateBytes(part, deployment.formats()));
    }

    private static Deployment of(Deployment whole, ModelShape part, Layout layout) {
        return new Deployment(part, Formats.on(layout.device(), whole.formats()), layout, new Engine("llama.cpp", ""));
    }

    /** Layers {@code from} to {@code to}, the last not among them. */
    private static ModelShape slice(ModelShape model, int from, int to) {
        List<LayerGroup> some = new ArrayList<>();
        int at = 0;
        for (LayerGroup group : model.layers()) {
            int count = Math.min(to, at + group.count()) - Math.max(from, at);
            if (count > 0) {
                some.add(new LayerGroup(count, group.attention(), group.feedForward(), group.otherParameters()));
            }
            at += group.count();
        }
        return with(model, some);
    }

    private static ModelShape with(ModelShape model, List<LayerGroup> layers) {
        return new ModelShape(
                model.name(),
                model.vocabulary(),
                model.hidden(),
                model.tiedEmbedding(),
                model.contextLength(),
                layers,
                model.otherParameters(),
                model.source());
    }

    /** Embedding and head are the device's. */
    private static ModelShape headless(ModelShape model) {
        return new ModelShape(
                model.name(), 1, model.hidden(), true, model.contextLength(), model.layers(), 0, model.source());
    }
}
