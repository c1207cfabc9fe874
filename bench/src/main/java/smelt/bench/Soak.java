package smelt.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.NativeMemory;
import smelt.compiler.CacheType;
import smelt.engine.Completion;
import smelt.engine.Engine;
import smelt.engine.EventStream;
import smelt.engine.LoadedModel;
import smelt.engine.Metrics;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.hosting.ModelFileLoader;

/**
 * Many users ask a model for all kinds of things for a long time: answers stay the same bits, and nothing that the
 * process holds grows. Its KV blocks are few, so that sequences give way to each other.
 */
public final class Soak {
    private static final int USERS = 12;
    private static final int CONTEXT = 1024;
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final int SAMPLES = 80;
    private static final long SNAPSHOT_MILLIS = 4000;

    private final LoadedModel model;
    private final Engine engine;
    private final SoakRequests requests;
    private final Plan plan;
    private final Consumer<String> progress;
    private final AtomicBoolean over = new AtomicBoolean();
    private final SoakUser.Tally tally = new SoakUser.Tally();
    private final List<Throwable> errors = new ArrayList<>();
    private final List<Holdings> samples = new ArrayList<>();
    private long snapshots;

    /**
     * @param time with the warm-up, which is a quarter of it, five minutes at most
     * @param threads of a step
     * @param cache type of keys and values
     */
    public record Plan(Duration time, int threads, CacheType cache, long seed) {
        Duration warmUp() {
            Duration quarter = time.dividedBy(4);
            return quarter.compareTo(Duration.ofMinutes(5)) < 0 ? quarter : Duration.ofMinutes(5);
        }
    }

    private Soak(LoadedModel model, Plan plan, Consumer<String> progress) {
        this.model = model;
        this.engine = model.engine();
        this.plan = plan;
        this.progress = progress;
        requests = new SoakRequests(model, plan.seed());
    }

    /**
     * Runs it.
     *
     * @param progress hears what is being done, and from time to time how it goes
     * @throws Failure as loading a model does
     */
    public static SoakReport run(String name, Path file, Plan plan, Consumer<String> progress) {
        long before = NativeMemory.allocatedBytes();
        progress.accept("loading " + name);
        Host host = Host.detect();
        int context = Math.min(CONTEXT, Subject.trainedContext(file));
        var choices =
                new ModelFileLoader.Choices(context, plan.threads(), Optional.empty(), plan.cache(), Settings.DEFAULT);
        List<String> problems = new ArrayList<>();
        try (ModelFileLoader.PreparedFile prepared = new ModelFileLoader(unused -> file, choices).prepare(name);
                LoadedModel model = prepared.load()) {
            var soak = new Soak(model, plan, progress);
            double seconds = soak.run();
            Metrics metrics = soak.end(problems);
            return soak.report(host, seconds, metrics, problems, before);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(FailureCode.CANCELLED, "The soak was interrupted").withCause(e);
        }
    }

    /** Seconds after the warm-up. */
    private double run() throws InterruptedException {
        progress.accept("asking for what will be compared");
        Map<Request, Completion> known = new HashMap<>();
        for (Request probe : requests.probes()) {
            known.put(probe, answer(probe));
        }
        List<Thread> threads = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < USERS; i++) {
            threads.add(start(new SoakUser(engine, requests, known, plan.seed() + i + 1, over, tally)));
        }
        threads.add(start(this::snapshots));
        Completion longest = answer(requests.longest(new Random(plan.seed())));
        progress.accept("the longest prompt took " + Math.round(longest.usage().prefillNanos() / 1e6) + " ms");
        try {
            sleepUntil(begin + plan.warmUp().toNanos());
            watch(begin);
        } finally {
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        return plan.time().minus(plan.warmUp()).toNanos() / 1e9;
    }

    private Completion answer(Request request) throws InterruptedException {
        var stream = new EventStream();
        engine.submit(request, stream);
        return stream.completion();
    }

    private Thread start(Runnable user) {
        return Thread.ofPlatform().name("smelt-soak").daemon().start(() -> {
            try {
                user.run();
            } catch (Throwable e) {
                synchronized (errors) {
                    errors.add(e);
                }
                over.set(true);
            }
        });
    }

    private static void sleepUntil(long nanoTime) throws InterruptedException {
        Thread.sleep(Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime())));
    }

    /** Takes samples at equal distances, and tells how it goes every ten seconds. */
    private void watch(long begin) throws InterruptedException {
        long first = System.nanoTime();
        long end = begin + plan.time().toNanos();
        long told = first;
        samples.add(Holdings.now());
        for (int i = 1; i <= SAMPLES && !over.get(); i++) {
            sleepUntil(first + (end - first) / SAMPLES * i);
            samples.add(Holdings.now());
            long now = System.nanoTime();
            if (now - told > Duration.ofSeconds(10).toNanos() || i == SAMPLES) {
                progress.accept(line(Duration.ofNanos(now - begin)));
                told = now;
            }
        }
    }

    private String line(Duration passed) {
        Metrics metrics = engine.metrics();
        Holdings now = samples.getLast();
        return String.format(
                Locale.ROOT,
                "%d:%02d of %s min: %d answers, %d tokens, %d preemptions, %d of %d wrong, %d snapshots; resident %.1f "
                        + "MiB (%+.2f%%), heap %.1f MiB, native %.1f MiB, %d threads, %d files",
                passed.toMinutes(),
                passed.toSecondsPart(),
                plan.time().toSeconds() / 60.0,
                tally.answers(),
                metrics.generatedTokens(),
                metrics.preemptions(),
                tally.wrong.get(),
                tally.checked.get(),
                snapshots,
                mebibytes(now.residentBytes()),
                100 * SoakReport.growth(samples.getFirst(), now),
                mebibytes(now.heapBytes()),
                mebibytes(now.nativeBytes()),
                now.threads(),
                now.files());
    }

    private static double mebibytes(long bytes) {
        return bytes / 1048576.0;
    }

    /** Saves the prefix cache, and brings it back, again and again. */
    private void snapshots() {
        try {
            Path folder = Files.createTempDirectory("smelt-soak");
            Path file = folder.resolve("cache");
            try {
                while (!over.get()) {
                    Thread.sleep(SNAPSHOT_MILLIS);
                    long unused = engine.save(file, (done, total) -> {});
                    unused = engine.restore(file, (done, total) -> {});
                    snapshots++;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "No snapshot can be written: " + e)
                    .withCause(e);
        }
    }

    private Metrics end(List<String> problems) throws InterruptedException {
        if (!engine.drain(DRAIN)) {
            problems.add("the engine was not idle " + DRAIN.toSeconds() + " s after its last request");
        }
        Metrics metrics = engine.metrics();
        if (metrics.blocksUsed() + metrics.running() + metrics.waiting() > 0) {
            problems.add("something is left in the engine: " + metrics);
        }
        return metrics;
    }

    private SoakReport report(Host host, double seconds, Metrics metrics, List<String> problems, long nativeBefore) {
        synchronized (errors) {
            errors.forEach(error -> problems.add("a user met " + error));
        }
        if (tally.wrong.get() > 0) {
            problems.add(tally.wrong + " answers of " + tally.checked + " had other bits than alone");
        }
        if (NativeMemory.allocatedBytes() != nativeBefore) {
            problems.add((NativeMemory.allocatedBytes() - nativeBefore) + " bytes of native memory are left");
        }
        int quarter = Math.max(1, samples.size() / 4);
        List<Holdings> early = samples.subList(0, Math.min(quarter, samples.size()));
        List<Holdings> late = samples.subList(Math.max(0, samples.size() - quarter), samples.size());
        problems.addAll(SoakReport.leaks(early, late));
        Map<String, Long> ends = new TreeMap<>();
        tally.ends.forEach((how, count) -> ends.put(how, count.get()));
        return new SoakReport(
                model.name(),
                host.machine().cpu(),
                host.tier().text(),
                plan.threads(),
                USERS,
                plan.seed(),
                seconds,
                ends,
                metrics,
                tally.checked.get(),
                tally.wrong.get(),
                snapshots,
                Holdings.median(early),
                Holdings.median(late),
                problems);
    }
}
