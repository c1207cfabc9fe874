package smelt.engine.hosting;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.LoadedModel;
import smelt.engine.hosting.HostedModel.State;

/**
 * The models of one process: loaded when first used, kept while they are used and for some time after, unloaded least
 * recently used where another one needs their memory. May be used from any thread; a model is loaded once however many
 * ask for it, by whichever of its names, and those who ask meanwhile wait for it.
 */
public final class ModelHost implements AutoCloseable {
    private final ModelLoader loader;
    private final long memoryBudget;
    private final Duration keepAlive;
    private final LongSupplier nanoClock;
    /** By name, in the order in which they came; guarded by this, as what is in them. */
    private final Map<String, Resident> residents = new LinkedHashMap<>();
    /** Other names of residents; guarded by this. */
    private final Map<String, String> aliases = new HashMap<>();

    private boolean closed;

    private static final class Resident {
        final String name;
        /** Null until it is known. */
        @Nullable
        String identity;

        State state = State.LOADING;

        @Nullable
        LoadedModel model;

        @Nullable
        Failure failure;

        long bytes;
        int leases;
        long lastUsed;
        long keepNanos;
        boolean pinned;
        boolean leaving;

        Resident(String name) {
            this.name = name;
        }

        boolean isIdle() {
            return state == State.READY && leases == 0 && !pinned;
        }

        boolean hasEnded() {
            return state == State.READY && model != null && model.service().hasEnded();
        }

        boolean mayGive() {
            return isIdle() || state == State.UNLOADING;
        }

        /** Nanoseconds until it may go. */
        long expiresIn(long now) {
            return leaving ? 0 : Math.max(0, keepNanos - (now - lastUsed));
        }

        String holding() {
            String why = leases > 0 ? ", in use" : pinned ? ", pinned" : state == State.LOADING ? ", loading" : "";
            return name + " (" + size(bytes) + why + ")";
        }
    }

    /**
     * @param memoryBudget bytes of native memory that all models together may take
     * @param keepAlive how long a model stays after its last use where the use says nothing else
     */
    public ModelHost(ModelLoader loader, long memoryBudget, Duration keepAlive) {
        this(loader, memoryBudget, keepAlive, System::nanoTime);
        Thread.ofVirtual().name("smelt-model-expiry").start(this::expire);
    }

    /** Without a thread of its own: {@link #unloadExpired} is called by hand. */
    ModelHost(ModelLoader loader, long memoryBudget, Duration keepAlive, LongSupplier nanoClock) {
        this.loader = loader;
        this.memoryBudget = memoryBudget;
        this.keepAlive = keepAlive;
        this.nanoClock = nanoClock;
    }

    /** A model in use: it stays loaded until this is closed. */
    public final class Lease implements AutoCloseable {
        private final Resident resident;
        private final LoadedModel model;
        private boolean open = true;

        private Lease(Resident resident, LoadedModel model) {
            this.resident = resident;
            this.model = model;
        }

        public LoadedModel model() {
            return model;
        }

        /** A second time does nothing. */
        @Override
        public void close() {
            synchronized (ModelHost.this) {
                if (open) {
                    open = false;
                    resident.leases--;
                    resident.lastUsed = nanoClock.getAsLong();
                    ModelHost.this.notifyAll();
                }
            }
        }
    }

    /** {@link #use(String, Duration)} with the host's own time to keep it. */
    public Lease use(String name) throws InterruptedException {
        return use(name, keepAlive);
    }

    /**
     * The model, loaded where it is not; waits for it.
     *
     * @param keep how long it stays after this use, unless a later use says otherwise
     * @throws Failure OUT_OF_RESOURCES where the budget has no room for it besides the models that are used or pinned,
     *     with the numbers; CANCELLED where the host is closed; whatever the loader fails with. Other models stay
     */
    public Lease use(String name, Duration keep) throws InterruptedException {
        while (true) {
            Resident mine = new Resident(name);
            synchronized (this) {
                refuseClosed();
                forgetEnded();
                Resident known = find(name);
                if (known != null && known.state == State.READY) {
                    return lease(known, keep);
                }
                if (known != null) {
                    awaitChange(known);
                    continue;
                }
                residents.put(name, mine);
            }
            Lease loaded = load(mine, keep);
            if (loaded != null) {
                return loaded;
            }
        }
    }

    /** Called with the lock held, as the two below are. */
    private @Nullable Resident find(String name) {
        return residents.get(aliases.getOrDefault(name, name));
    }

    private void forget(Resident resident) {
        residents.remove(resident.name, resident);
        aliases.values().removeIf(resident.name::equals);
        notifyAll();
    }

    /** What ended by an error, or was closed by one who used it, has no memory any more. */
    private void forgetEnded() {
        List.copyOf(residents.values()).stream().filter(Resident::hasEnded).forEach(this::forget);
    }

    /** Whether it turned out to be another name of a model that is there, and is known as such from now on. */
    private synchronized boolean isAlias(Resident mine, String identity) {
        for (Resident other : residents.values()) {
            if (other != mine && identity.equals(other.identity)) {
                aliases.put(mine.name, other.name);
                residents.remove(mine.name, mine);
                notifyAll();
                return true;
            }
        }
        mine.identity = identity;
        return false;
    }

    private void awaitChange(Resident known) throws InterruptedException {
        State before = known.state;
        while (residents.get(known.name) == known && known.state == before) {
            wait();
        }
        if (known.failure != null) {
            throw known.failure;
        }
    }

    private void refuseClosed() {
        if (closed) {
            throw Failure.of(FailureCode.CANCELLED, "The models are being closed");
        }
    }

    /** Called with the lock held. */
    private Lease lease(Resident resident, Duration keep) {
        resident.leases++;
        resident.leaving = false;
        resident.keepNanos = nanos(keep);
        resident.lastUsed = nanoClock.getAsLong();
        return new Lease(resident, Objects.requireNonNull(resident.model));
    }

    private static long nanos(Duration time) {
        return time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0 ? Math.max(0, time.toNanos()) : Long.MAX_VALUE;
    }

    /** Null where it is a model that is there by another name. */
    private @Nullable Lease load(Resident resident, Duration keep) throws InterruptedException {
        try (ModelLoader.Prepared prepared = loader.prepare(resident.name)) {
            if (isAlias(resident, prepared.identity())) {
                return null;
            }
            makeRoom(resident, prepared);
            LoadedModel model = prepared.load();
            synchronized (this) {
                resident.model = model;
                resident.bytes = model.info().bytes();
                resident.state = State.READY;
                notifyAll();
                return lease(resident, keep);
            }
        } catch (Throwable e) {
            synchronized (this) {
                resident.failure = e instanceof Failure failure
                        ? failure
                        : Failure.of(FailureCode.INTERNAL, resident.name + " could not be loaded")
                                .withCause(e);
                forget(resident);
            }
            throw e;
        }
    }

    /** Reserves what {@code prepared} will take; unloads nothing where that would not be enough. */
    private void makeRoom(Resident resident, ModelLoader.Prepared prepared) throws InterruptedException {
        while (true) {
            Resident victim;
            synchronized (this) {
                refuseClosed();
                long free = memoryBudget - bytes(any -> true);
                if (prepared.bytes() <= free) {
                    resident.bytes = prepared.bytes();
                    return;
                }
                if (prepared.bytes() > free + bytes(Resident::mayGive)) {
                    throw noRoom(resident.name, prepared);
                }
                victim = leastRecentlyUsed();
                if (victim == null) {
                    wait(); // for one that is being unloaded
                    continue;
                }
                victim.state = State.UNLOADING;
            }
            unload(victim);
        }
    }

    private long bytes(Predicate<Resident> which) {
        return residents.values().stream()
                .filter(which)
                .mapToLong(resident -> resident.bytes)
                .sum();
    }

    private @Nullable Resident leastRecentlyUsed() {
        return residents.values().stream()
                .filter(Resident::isIdle)
                .min(Comparator.comparingLong(resident -> resident.lastUsed - nanoClock.getAsLong()))
                .orElse(null);
    }

    private Failure noRoom(String name, ModelLoader.Prepared prepared) {
        List<Resident> holders = residents.values().stream()
                .filter(resident -> resident.bytes > 0 && !resident.mayGive())
                .toList();
        String held = holders.isEmpty()
                ? ""
                : ", of which hold " + holders.stream().map(Resident::holding).collect(Collectors.joining(", "));
        long room = memoryBudget - bytes(resident -> !resident.mayGive());
        return Failure.of(
                        FailureCode.OUT_OF_RESOURCES,
                        name + " needs " + size(prepared.bytes()) + " of memory; models may take " + size(memoryBudget)
                                + held)
                .withNextStep(prepared.adviceFor(room));
    }

    /** For people: {@code 98.3 MiB}. */
    public static String size(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }

    /** Called without the lock, by whoever has set the state to UNLOADING. */
    private void unload(Resident victim) {
        LoadedModel model = Objects.requireNonNull(victim.model);
        try {
            model.close();
        } finally {
            synchronized (this) {
                forget(victim);
            }
        }
    }

    /** Loads the model where it is not; it then stays for the host's usual time. */
    public void preload(String name) throws InterruptedException {
        use(name).close();
    }

    /** Loads the model where it is not; it then stays until it is unloaded by name. */
    public void pin(String name) throws InterruptedException {
        try (Lease lease = use(name)) {
            synchronized (this) {
                lease.resident.pinned = true;
            }
        }
    }

    /**
     * Unloads a model, pinned or not: at once, or when its last use ends, if no other begins until then.
     *
     * @return whether it was there
     */
    public boolean unload(String name) {
        Resident resident;
        synchronized (this) {
            resident = find(name);
            if (resident == null || resident.state != State.READY) {
                return false;
            }
            resident.pinned = false;
            resident.leaving = true;
            if (resident.leases > 0) {
                return true;
            }
            resident.state = State.UNLOADING;
        }
        unload(resident);
        return true;
    }

    /** What is there, in the order in which it was loaded. */
    public synchronized List<HostedModel> list() {
        long now = nanoClock.getAsLong();
        List<HostedModel> all = new ArrayList<>();
        for (Resident resident : residents.values()) {
            long idle = resident.state != State.READY || resident.leases > 0 ? 0 : now - resident.lastUsed;
            all.add(new HostedModel(
                    resident.name,
                    resident.state,
                    Optional.ofNullable(resident.model).map(LoadedModel::info),
                    resident.bytes,
                    resident.leases,
                    Duration.ofNanos(idle),
                    resident.isIdle() ? Optional.of(Duration.ofNanos(resident.expiresIn(now))) : Optional.empty(),
                    resident.pinned));
        }
        return all;
    }

    /** A model that is loaded, to be looked at: it is not kept for that, and may be closed at any moment. */
    public synchronized Optional<LoadedModel> peek(String name) {
        return Optional.ofNullable(find(name)).map(resident -> resident.model);
    }

    /** Bytes that models may still take without any being unloaded. */
    public synchronized long freeBytes() {
        return memoryBudget - bytes(any -> true);
    }

    /** Unloads the models whose time is over. */
    void unloadExpired() {
        while (true) {
            Resident expired;
            synchronized (this) {
                long now = nanoClock.getAsLong();
                expired = residents.values().stream()
                        .filter(resident -> resident.isIdle() && resident.expiresIn(now) == 0)
                        .findFirst()
                        .orElse(null);
                if (expired == null) {
                    return;
                }
                expired.state = State.UNLOADING;
            }
            unload(expired);
        }
    }

    private void expire() {
        while (true) {
            try {
                unloadExpired();
            } catch (Failure e) {
                // one that does not end keeps none of the others
            }
            synchronized (this) {
                if (closed) {
                    return;
                }
                long now = nanoClock.getAsLong();
                long nanos = residents.values().stream()
                        .filter(Resident::isIdle)
                        .mapToLong(resident -> resident.expiresIn(now))
                        .min()
                        .orElse(Long.MAX_VALUE);
                try {
                    if (nanos > 0) {
                        wait(TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
                    }
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    /** Takes no more, waits for models that are being loaded, and closes all, used or not. */
    @Override
    public void close() {
        List<Resident> open = new ArrayList<>();
        boolean interrupted = false;
        synchronized (this) {
            closed = true;
            notifyAll();
            while (residents.values().stream().anyMatch(resident -> resident.state != State.READY)) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            open.addAll(residents.values());
            open.forEach(resident -> resident.state = State.UNLOADING);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        unloadAll(open);
    }

    /** One that does not end keeps none of the others. */
    private void unloadAll(List<Resident> open) {
        @Nullable Failure failed = null;
        for (Resident resident : open) {
            try {
                unload(resident);
            } catch (Failure e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
