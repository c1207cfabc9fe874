package smelt.engine.hosting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Engine;
import smelt.engine.LoadedModel;
import smelt.engine.ModelInfo;
import smelt.engine.Settings;
import smelt.graph.ModelGraph.Pooling;
import smelt.runtime.NullRunner;
import smelt.runtime.StepRunner;

/** Guards engine/: which models are in memory, on models without weights and a clock set by hand. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ModelHostTest {
    private static final Map<String, Long> SIZES = Map.of(
            "small", 10L << 20, "extra", 20L << 20, "middle", 30L << 20, "large", 60L << 20, "giant", 200L << 20);

    private final List<String> loads = new ArrayList<>();
    private final Map<String, NullRunner> runners = new ConcurrentHashMap<>();
    private final AtomicInteger preparedOpen = new AtomicInteger();
    private CountDownLatch gate = new CountDownLatch(0);
    private long now;
    private boolean failing;
    private final ModelHost host = new ModelHost(this::prepare, 100L << 20, Duration.ofMinutes(5), () -> now);

    private ModelLoader.Prepared prepare(String asked) {
        String name = asked.startsWith("also ") ? asked.substring(5) : asked;
        Long bytes = SIZES.get(name);
        if (bytes == null) {
            throw Failure.of(FailureCode.NOT_FOUND, "No model is called " + name);
        }
        preparedOpen.incrementAndGet();
        return new ModelLoader.Prepared() {
            @Override
            public String identity() {
                return name;
            }

            @Override
            public long bytes() {
                return bytes;
            }

            @Override
            public String adviceFor(long room) {
                return "take less than " + (room >> 20);
            }

            @Override
            public LoadedModel load() {
                return loaded(asked, bytes);
            }

            @Override
            public void close() {
                preparedOpen.decrementAndGet();
            }
        };
    }

    private LoadedModel loaded(String name, long bytes) {
        synchronized (loads) {
            loads.add(name);
        }
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failing) {
            throw Failure.of(FailureCode.CORRUPT, name + " is damaged");
        }
        NullRunner runner = NullRunner.untimed(new StepRunner.Limits(97, 256, 16, 64, 64, 16));
        runners.put(name, runner);
        return new LoadedModel(
                new ModelInfo(name, "null", 256, 256, Pooling.NONE, bytes),
                new Engine(runner, null, Settings.DEFAULT),
                Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    @AfterEach
    void nothingIsLeft() {
        host.close();
        assertThat(host.list()).isEmpty();
        assertThat(preparedOpen).hasValue(0);
        assertThat(runners.values()).allMatch(NullRunner::isClosed);
    }

    private List<String> names() {
        return host.list().stream().map(HostedModel::name).toList();
    }

    @Test
    void loadsOnceAndUnloadsAfterItsTime() throws Exception {
        try (ModelHost.Lease first = host.use("small");
                ModelHost.Lease second = host.use("small")) {
            assertThat(first.model()).isSameAs(second.model());
            now += Duration.ofHours(1).toNanos();
            host.unloadExpired();
            assertThat(host.list().getFirst().leases()).isEqualTo(2);
            assertThat(host.list().getFirst().expiresIn()).isEmpty();
        }
        now += Duration.ofSeconds(299).toNanos();
        host.unloadExpired();
        HostedModel idle = host.list().getFirst();
        assertThat(idle.idle()).isEqualTo(Duration.ofSeconds(299));
        assertThat(idle.expiresIn()).hasValue(Duration.ofSeconds(1));
        assertThat(idle.bytes()).isEqualTo(10 << 20);
        now += Duration.ofSeconds(1).toNanos();
        host.unloadExpired();
        assertThat(host.list()).isEmpty();
        assertThat(loads).containsExactly("small");
    }

    @Test
    void theLeastRecentlyUsedGivesItsMemory() throws Exception {
        for (String name : List.of("small", "middle", "large", "small")) {
            now++;
            host.use(name).close();
        }
        assertThat(host.freeBytes()).isZero();
        now++;
        host.preload("extra");
        assertThat(names()).containsExactly("small", "large", "extra");
        assertThat(runners)
                .hasEntrySatisfying(
                        "middle", runner -> assertThat(runner.isClosed()).isTrue());
        now++;
        host.use("middle").close();
        assertThat(names()).containsExactly("small", "extra", "middle");
    }

    @Test
    void whatIsUsedOrPinnedStaysAndTheRefusalTellsTheNumbers() throws Exception {
        host.pin("small");
        host.use("middle").close();
        try (ModelHost.Lease large = host.use("large")) {
            assertThatThrownBy(() -> host.use("giant")).isInstanceOfSatisfying(Failure.class, e -> {
                assertThat(e.code()).isEqualTo(FailureCode.OUT_OF_RESOURCES);
                assertThat(e.what())
                        .contains("200.0 MiB", "100.0 MiB", "small (10.0 MiB, pinned)", "large (60.0 MiB, in use)");
                assertThat(e.nextStep()).isEqualTo("take less than 30");
            });
            assertThat(names()).containsExactly("small", "middle", "large");
            now += Duration.ofDays(1).toNanos();
            host.unloadExpired();
            assertThat(names()).containsExactly("small", "large");
            assertThat(large.model().engine().metrics()).isNotNull();
        }
        assertThat(host.unload("small")).isTrue();
        assertThat(host.unload("small")).isFalse();
    }

    @Test
    void unloadsWhatIsUsedWhenItsUseEnds() throws Exception {
        ModelHost.Lease lease = host.use("small");
        assertThat(host.unload("small")).isTrue();
        host.unloadExpired();
        assertThat(names()).containsExactly("small");
        lease.close();
        lease.close();
        host.unloadExpired();
        assertThat(names()).isEmpty();
        host.use("small", Duration.ZERO).close();
        host.unloadExpired();
        assertThat(names()).isEmpty();
    }

    @Test
    void oneWhoseEngineHasEndedIsLoadedAnew() throws Exception {
        try (ModelHost.Lease first = host.use("large")) {
            first.model().close();
            host.use("middle").close();
            try (ModelHost.Lease second = host.use("large")) {
                assertThat(second.model()).isNotSameAs(first.model());
                assertThat(second.model().service().hasEnded()).isFalse();
            }
            assertThat(host.freeBytes()).isEqualTo(10 << 20);
        }
        assertThat(loads).containsExactly("large", "middle", "large");
        assertThat(host.list()).allMatch(model -> model.leases() == 0);
    }

    @Test
    void namesOfOneModelShareIt() throws Exception {
        try (ModelHost.Lease first = host.use("small");
                ModelHost.Lease other = host.use("also small");
                ModelHost.Lease again = host.use("also small")) {
            assertThat(other.model()).isSameAs(first.model());
            assertThat(again.model()).isSameAs(first.model());
            assertThat(host.list().getFirst().leases()).isEqualTo(3);
        }
        assertThat(loads).containsExactly("small");
        assertThat(host.freeBytes()).isEqualTo(90 << 20);
        assertThat(host.unload("also small")).isTrue();
        host.use("also small").close();
        host.use("small").close();
        assertThat(loads).containsExactly("small", "also small");
        assertThat(names()).containsExactly("also small");
    }

    @Test
    void namesOfOneModelThatIsBeingLoadedWaitForIt() throws Exception {
        gate = new CountDownLatch(1);
        List<LoadedModel> models = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (String name : List.of("small", "also small", "small", "also small")) {
            threads.add(Thread.ofVirtual().start(() -> {
                try (ModelHost.Lease lease = host.use(name)) {
                    models.add(lease.model());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        while (host.list().isEmpty()) {
            Thread.onSpinWait();
        }
        gate.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(models).hasSize(4).allMatch(model -> model == models.getFirst());
        assertThat(loads).hasSize(1);
    }

    @Test
    void aFailedLoadLeavesTheOthers() throws Exception {
        host.use("small").close();
        failing = true;
        assertThatThrownBy(() -> host.use("large"))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.CORRUPT));
        assertThatThrownBy(() -> host.use("unknown"))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.NOT_FOUND));
        assertThat(names()).containsExactly("small");
        assertThat(host.freeBytes()).isEqualTo(90 << 20);
    }

    @Test
    void thoseWhoAskWhileItIsLoadedWaitForIt() throws Exception {
        gate = new CountDownLatch(1);
        AtomicInteger served = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try (ModelHost.Lease lease = host.use("small")) {
                    served.addAndGet(lease.model().name().length());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        while (host.list().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(host.list().getFirst().state()).isEqualTo(HostedModel.State.LOADING);
        gate.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(served).hasValue(8 * "small".length());
        assertThat(loads).containsExactly("small");
    }
}
