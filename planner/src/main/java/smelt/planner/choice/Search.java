package smelt.planner.choice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Link;
import smelt.planner.catalogue.Offer;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.Deployment;
import smelt.planner.time.Engine;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Layout;
import smelt.planner.time.Load;
import smelt.planner.time.StepClock;

/** Tries every layout in every format on every device that can be had, under every load. */
final class Search {
    private static final int[] CONCURRENCIES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
    private static final int USUAL_MACHINE = 8;
    /** Links of more devices are networks, or whole racks. */
    private static final int MOST_LINKED = 16;

    /** With room for fewer, the host's memory may help. */
    private static final int ENOUGH_POINTS = 5;

    private final Question question;
    private final Forecaster forecaster;
    private final Progress progress;

    Search(Question question, Forecaster forecaster, Progress progress) {
        this.question = question;
        this.forecaster = forecaster;
        this.progress = progress;
    }

    /**
     * What was found.
     *
     * @param plans of all points and supplies
     * @param unfit devices on which nothing fits or can be bought, with the reason
     * @param assumptions that the forecasts name
     */
    record Found(List<Plan> plans, List<Lost> unfit, List<String> assumptions, int tried) {}

    /** What became of one deployment. */
    private record Tried(Deployment deployment, List<OperatingPoint> points, Forecast first) {}

    Found run() {
        Map<Device, List<Supply>> supplies = supplies();
        List<Deployment> deployments =
                supplies.keySet().stream().flatMap(this::deployments).toList();
        var done = new AtomicInteger();
        List<Tried> tried = deployments.parallelStream()
                .map(deployment -> {
                    Tried one = attempt(deployment);
                    progress.at(done.incrementAndGet(), deployments.size());
                    return one;
                })
                .toList();
        return collect(supplies, tried);
    }

    private Found collect(Map<Device, List<Supply>> supplies, List<Tried> tried) {
        var pricing = new Pricing(question.demand(), question.economy());
        List<Plan> plans = new ArrayList<>();
        List<Lost> unfit = new ArrayList<>();
        List<Mixtures.Source> sources = new ArrayList<>();
        supplies.forEach((device, some) -> {
            List<Tried> here = tried.stream()
                    .filter(t -> t.deployment.layout().device().equals(device))
                    .toList();
            if (here.stream().allMatch(t -> t.points.isEmpty())) {
                String why = engines(device).isEmpty()
                        ? String.join(" and ", question.space().engines()) + " cannot run on it"
                        : tooLarge(here);
                unfit.add(new Lost(device.name(), "", Optional.empty(), why));
                return;
            }
            List<OperatingPoint> points =
                    here.stream().flatMap(t -> t.points.stream()).toList();
            for (Supply supply : some) {
                List<Plan> found =
                        here.stream().flatMap(t -> plans(pricing, t, supply)).toList();
                plans.addAll(found);
                sources.add(new Mixtures.Source(supply, points));
                if (found.isEmpty()) {
                    unfit.add(new Lost(device.name(), supply.text(), Optional.empty(), tooFew(pricing, here, supply)));
                }
            }
        });
        plans.addAll(new Mixtures(question).plans(sources));
        List<String> small = unfit.stream().map(Lost::device).toList();
        plans.addAll(new Stages(question, forecaster)
                .plans(question.supplies().owned().stream()
                        .filter(o -> small.contains(o.kind().name()))
                        .toList()));
        List<String> assumptions = tried.stream()
                .flatMap(t -> t.points.stream())
                .flatMap(p -> p.forecast().assumptions().stream())
                .distinct()
                .limit(40)
                .toList();
        return new Found(plans, unfit, assumptions, tried.size());
    }

    /**
     * One for each number of copies: where the rate is given, more room for requests than they fill changes nothing, so
     * the least concurrency that so many copies can do with is what they will see.
     */
    private Stream<Plan> plans(Pricing pricing, Tried tried, Supply supply) {
        Stream<Plan> all = tried.points.stream().flatMap(p -> pricing.plan(p, supply).stream());
        if (question.demand().requestsPerSecond().isEmpty()) {
            return all;
        }
        Map<Integer, Plan> byCopies = new LinkedHashMap<>();
        all.forEach(p -> byCopies.putIfAbsent(p.needed(), p));
        return byCopies.values().stream();
    }

    private String tooFew(Pricing pricing, List<Tried> tried, Supply supply) {
        if (!(supply instanceof Supply.Owned owned)) {
            return "no layout fits into one machine";
        }
        int least = tried.stream()
                .filter(t -> !t.points.isEmpty())
                .mapToInt(t -> t.deployment.layout().devices())
                .min()
                .orElse(0);
        if (least > owned.devices() || question.demand().requestsPerSecond().isEmpty()) {
            return owned.devices() + " are too few: one copy of the model needs " + least;
        }
        var many = new Supply.Owned(owned.kind(), 1 << 20, owned.devicesPerMachine());
        return tried.stream()
                .flatMap(t -> plans(pricing, t, many))
                .min(Comparator.comparingInt(Plan::devices))
                .map(p -> owned.devices() + " are too few: " + p.devices() + " would do for this load")
                .orElse("no layout fits into one machine");
    }

    private static String tooLarge(List<Tried> tried) {
        return tried.stream()
                .min(Comparator.comparingLong(t -> t.first.memory().weightBytes()))
                .map(t -> "does not fit: on each of "
                        + Texts.count(t.deployment.layout().devices(), "device") + " "
                        + Texts.gigabytes(t.first.memory().weightBytes()) + " of weights, and room for "
                        + Texts.gigabytes(t.first.memory().availableBytes()))
                .orElse("no layout of the model suits it");
    }

    private Tried attempt(Deployment deployment) {
        Workload workload = question.demand().workload();
        List<OperatingPoint> points = new ArrayList<>();
        DeviceBytes bytes = DeviceBytes.of(deployment);
        Forecast first = forecast(deployment, bytes, 1);
        Forecast forecast = first;
        StepClock clock = forecaster.clock(deployment);
        for (int i = 0; forecast.fits() && !forecast.saturated(); i++) {
            int concurrency = CONCURRENCIES[i];
            points.add(new OperatingPoint(
                    deployment,
                    concurrency,
                    forecast,
                    forecast.tokensPerSecond().value() / workload.output(),
                    TokenTimes.of(clock, workload, concurrency),
                    Placement.ON_DEVICES));
            if (i + 1 == CONCURRENCIES.length) {
                break;
            }
            forecast = forecast(deployment, bytes, CONCURRENCIES[i + 1]);
        }
        if (question.space().offload() && points.size() < ENOUGH_POINTS) {
            points.addAll(new Offload(workload, forecaster, question.space().host()).points(deployment));
        }
        return new Tried(deployment, points, first);
    }

    private Forecast forecast(Deployment deployment, DeviceBytes bytes, int concurrency) {
        Workload w = question.demand().workload();
        var load = new Load(w.input(), w.output(), concurrency, w.prefixHitShare());
        return bytes.in(forecaster.forecast(deployment, load), concurrency, w.tokens());
    }

    private Stream<Deployment> deployments(Device device) {
        SearchSpace space = question.space();
        List<NumberFormats> formats = space.formats().isEmpty()
                ? Formats.usual(device)
                : space.formats().stream().map(f -> Formats.on(device, f)).toList();
        List<String> engines = engines(device);
        List<Layout> layouts = Layouts.of(question.model(), device, space.mostDevices(), space.disaggregate());
        return formats.stream()
                .flatMap(f -> engines.stream()
                        .flatMap(e ->
                                layouts.stream().map(l -> new Deployment(question.model(), f, l, new Engine(e, "")))));
    }

    private List<String> engines(Device device) {
        List<String> wanted = question.space().engines();
        return wanted.isEmpty()
                ? List.of(Engines.usual(device))
                : wanted.stream().filter(e -> Engines.runsOn(e, device)).toList();
    }

    /** What can be had of each device. */
    private Map<Device, List<Supply>> supplies() {
        Map<Device, List<Supply>> all = new LinkedHashMap<>();
        Supplies wanted = question.supplies();
        for (Device device : question.space().devices().isEmpty()
                ? question.market().devices()
                : question.space().devices()) {
            List<Supply> some = new ArrayList<>();
            wanted.owned().stream().filter(o -> o.kind().equals(device)).forEach(some::add);
            if (wanted.rent()) {
                question.market().offers().stream()
                        .filter(o -> o.device().equals(device.name()) && isWanted(o))
                        .map(o -> Supply.Rented.of(o, machine(device)))
                        .forEach(some::add);
            }
            if (wanted.buy()) {
                question.market().purchases().stream()
                        .filter(p -> p.device().equals(device.name()))
                        .map(p -> new Supply.Bought(p, machine(device)))
                        .forEach(some::add);
            }
            if (!some.isEmpty()) {
                all.put(device, some);
            }
        }
        return all;
    }

    /** Devices of one host: as many as its links join. */
    private static int machine(Device device) {
        return device.links().stream()
                .mapToInt(Link::domain)
                .filter(domain -> domain <= MOST_LINKED)
                .map(domain -> Math.min(domain, USUAL_MACHINE))
                .max()
                .orElse(device.links().isEmpty() ? 1 : USUAL_MACHINE);
    }

    private boolean isWanted(Offer offer) {
        List<String> sellers = question.supplies().sellers();
        return (sellers.isEmpty() || sellers.contains(offer.seller().toLowerCase(java.util.Locale.ROOT)))
                && question.supplies().terms().contains(offer.terms());
    }
}
