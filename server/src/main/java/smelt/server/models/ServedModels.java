package smelt.server.models;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.LoadedModel;
import smelt.engine.ModelInfo;
import smelt.engine.hosting.HostedModel;
import smelt.engine.hosting.ModelHost;
import smelt.server.http.Problem;
import smelt.store.Nearest;

/** The models of a server by the names that clients use. From any thread. */
public final class ServedModels {
    private static final Duration LOADING_TAKES = Duration.ofSeconds(2);
    private static final Duration DRAINING_TAKES = Duration.ofSeconds(5);

    private final ModelHost host;
    /** Name to what the host loads, in order; the first is meant where no name is given. Replaced, never changed. */
    private volatile Map<String, String> sources;
    /** Other names, which may end with a star. */
    private final Map<String, String> aliases;

    private final boolean acceptsAny;
    private final Instant since = Instant.now();
    private final Set<String> loading = ConcurrentHashMap.newKeySet();
    private volatile State state = State.LOADING;
    private volatile @Nullable Failure failure;

    /** What the server as a whole does. */
    public enum State {
        /** The models that were asked for at the start are not there yet. */
        LOADING,
        READY,
        /** One of them could not be loaded. */
        FAILED,
        /** No request is taken any more. */
        DRAINING
    }

    /**
     * A name that is served.
     *
     * @param source what the host calls it
     * @param hosted empty where it is not in memory
     */
    public record Served(String name, String source, Optional<HostedModel> hosted) {
        /** Empty where it is not loaded. */
        public Optional<ModelInfo> info() {
            return hosted.flatMap(HostedModel::info);
        }
    }

    /**
     * @param sources name to what {@code host} loads, at least one
     * @param aliases other name, which may end with a star, to a name
     * @param acceptsAny whether a name that nobody knows means the first
     */
    public ServedModels(ModelHost host, Map<String, String> sources, Map<String, String> aliases, boolean acceptsAny) {
        this.host = host;
        this.sources = new LinkedHashMap<>(sources);
        this.aliases = new LinkedHashMap<>(aliases);
        this.acceptsAny = acceptsAny;
        if (sources.isEmpty()) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "There is no model to serve");
        }
        aliases.forEach((alias, name) -> {
            if (!sources.containsKey(name)) {
                throw Failure.of(
                                FailureCode.INVALID_ARGUMENT,
                                "The alias " + alias + " stands for " + name + ", which is not served")
                        .withNextStep("these are: " + String.join(", ", sources.keySet()));
            }
        });
        loading.addAll(sources.values());
    }

    /** A model in use: it stays loaded until this is closed. */
    public static final class InUse implements AutoCloseable {
        private final String name;
        private final ModelHost.Lease lease;

        private InUse(String name, ModelHost.Lease lease) {
            this.name = name;
            this.lease = lease;
        }

        /** As it was asked for. */
        public String name() {
            return name;
        }

        /** By the name as it was asked for. */
        public LoadedModel model() {
            return lease.model().named(name);
        }

        @Override
        public void close() {
            lease.close();
        }
    }

    /**
     * Loads the models of the start, in order, and keeps them.
     *
     * @param pinned whether they stay for good; else for the host's usual time
     * @throws Failure of the first that cannot be loaded; the state is then {@link State#FAILED}
     */
    public void load(boolean pinned) throws InterruptedException {
        try {
            for (String source : List.copyOf(sources.values())) {
                if (pinned) {
                    host.pin(source);
                } else {
                    host.preload(source);
                }
                loading.remove(source);
            }
        } catch (Failure e) {
            failure = e;
            advance(State.FAILED);
            throw e;
        }
        advance(State.READY);
    }

    private synchronized void advance(State next) {
        if (state == State.LOADING) {
            state = next;
        }
    }

    /** From now on every request is refused. */
    public synchronized void drain() {
        state = State.DRAINING;
    }

    public State state() {
        return state;
    }

    /** Why the state is {@link State#FAILED}. */
    public Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    /** When the server began. */
    public Instant since() {
        return since;
    }

    /** From now on the name is served as well; the model is loaded when it is first used. */
    public synchronized void add(String name, String source) {
        Map<String, String> more = new LinkedHashMap<>(sources);
        more.putIfAbsent(name, source);
        sources = more;
    }

    /** From now on the name is not served; who uses the model keeps it. */
    public synchronized void remove(String name) {
        Map<String, String> fewer = new LinkedHashMap<>(sources);
        fewer.remove(name);
        sources = fewer;
    }

    /** For those who list, load and unload by hand. */
    public ModelHost host() {
        return host;
    }

    /** All names but the aliases, in order. */
    public List<Served> list() {
        List<HostedModel> there = host.list();
        return sources.entrySet().stream()
                .map(entry -> served(entry.getKey(), entry.getValue(), there))
                .toList();
    }

    private static Served served(String name, String source, List<HostedModel> there) {
        return new Served(
                name,
                source,
                there.stream().filter(hosted -> hosted.name().equals(source)).findFirst());
    }

    /** The other names, which may end with a star, and what they stand for. */
    public Map<String, String> aliases() {
        return Map.copyOf(aliases);
    }

    /** @throws Problem 404 {@code model_not_found} that names those that are served */
    public Served find(String asked) {
        String name = resolve(asked).orElseThrow(() -> notFound(asked));
        return served(name, sources.getOrDefault(name, name), host.list());
    }

    /** The name under which it is served; empty where it is not. */
    public Optional<String> resolve(String asked) {
        if (sources.containsKey(asked)) {
            return Optional.of(asked);
        }
        Optional<String> bySource = sources.entrySet().stream()
                .filter(entry -> entry.getValue().equals(asked))
                .map(Map.Entry::getKey)
                .findFirst();
        return bySource.or(() -> byAlias(asked)).or(() -> acceptsAny ? Optional.of(first()) : Optional.empty());
    }

    private Optional<String> byAlias(String asked) {
        return aliases.entrySet().stream()
                .filter(entry -> matches(entry.getKey(), asked))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean matches(String alias, String asked) {
        return alias.endsWith("*") ? asked.startsWith(alias.substring(0, alias.length() - 1)) : asked.equals(alias);
    }

    private String first() {
        return sources.keySet().stream().findFirst().orElseThrow(() -> notFound(""));
    }

    private Problem notFound(String asked) {
        List<String> near = Nearest.of(asked, List.copyOf(sources.keySet()), 1);
        String shown = asked.length() <= 100 ? asked : asked.substring(0, 100) + "...";
        return Problem.of(
                        404,
                        "The model '" + shown + "' was not found"
                                + (near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?") + " (served: "
                                + String.join(", ", sources.keySet()) + ")",
                        Problem.INVALID_REQUEST,
                        "model_not_found")
                .withParam("model");
    }

    /**
     * The model of a request; waits while it is loaded on demand.
     *
     * @param asked empty for the first
     * @throws Problem 404 where it is not served, 503 while the server loads its first models, or drains
     * @throws Failure as {@link ModelHost#use} does
     */
    public InUse use(Optional<String> asked) throws InterruptedException {
        return use(asked, Optional.empty());
    }

    /** @param keep how long the model stays after this use; empty for the host's usual time */
    public InUse use(Optional<String> asked, Optional<Duration> keep) throws InterruptedException {
        refuseDraining();
        String name = asked.orElseGet(this::first);
        String source = find(name).source();
        if (loading.contains(source)) {
            Failure why = failure;
            if (why != null) {
                throw why;
            }
            throw Problem.unavailable(name + " is being loaded", LOADING_TAKES);
        }
        return new InUse(name, keep.isPresent() ? host.use(source, keep.get()) : host.use(source));
    }

    private void refuseDraining() {
        if (state == State.DRAINING) {
            throw Problem.unavailable("The server is being shut down", DRAINING_TAKES);
        }
    }
}
