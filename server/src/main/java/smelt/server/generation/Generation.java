package smelt.server.generation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import smelt.engine.Completion;
import smelt.engine.Engine;
import smelt.engine.Event;
import smelt.engine.FinishReason;
import smelt.engine.Handle;
import smelt.engine.Usage;
import smelt.server.http.ClientGone;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;

/**
 * Answers under way: the choices of one or several calls, whose pieces come as they are made. Closing cancels. Pieces
 * never hold the engine: they wait here, up to a bound where they wait for a client to read, who is then given up.
 */
public final class Generation implements AutoCloseable {
    private static final Duration FOREVER = Duration.ofDays(10_000);

    private final String model;
    private final GenerationObserver observer;
    private final Exchange exchange;
    private final long mostUnread;
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    /** Bytes of all that is in the queue. */
    private final AtomicLong unread = new AtomicLong();
    /** Nothing comes into the queue any more. */
    private volatile boolean givenUp;

    private final List<Handle> handles = Collections.synchronizedList(new ArrayList<>());
    /** By choice; null while it goes on. */
    private final @Nullable Usage[] usages;
    /** The calls' first choices. */
    private final List<Integer> firsts = new ArrayList<>();

    private final long began = System.nanoTime();
    private final Instant since = Instant.now();
    /** By choice: when its last piece came; below zero before the first. */
    private final long[] lastNanos;

    private int running;
    private boolean closed;

    private Generation(String model, int choices, Serving serving, Exchange exchange) {
        this.model = model;
        this.exchange = exchange;
        observer = serving.observer();
        mostUnread = serving.limits().unreadBytes();
        usages = new @Nullable Usage[choices];
        lastNanos = new long[choices];
        Arrays.fill(lastNanos, -1);
        running = choices;
    }

    /**
     * Queues all choices of all calls, or none.
     *
     * @param model its name, for the observer
     * @param exchange ends them when it is over
     * @throws smelt.base.Failure as {@link Engine#submit} does
     */
    public static Generation start(String model, Engine engine, List<Call> calls, Serving serving, Exchange exchange) {
        exchange.check();
        int choices = calls.stream().mapToInt(Call::choices).sum();
        Generation generation = new Generation(model, choices, serving, exchange);
        try {
            for (Call call : calls) {
                generation.submit(engine, call);
            }
        } catch (RuntimeException e) {
            generation.close();
            throw e;
        }
        exchange.whenOver(generation::cancel);
        return generation;
    }

    private void submit(Engine engine, Call call) {
        int first = handles.size();
        List<Consumer<Event>> consumers = new ArrayList<>();
        for (int i = 0; i < call.choices(); i++) {
            int choice = first + i;
            consumers.add(event -> add(new Piece(choice, event, System.nanoTime() - began)));
        }
        handles.addAll(engine.submit(call.request(), consumers));
        firsts.add(first);
        observer.started(model, call);
    }

    /** On the engine's thread. */
    private void add(Piece piece) {
        if (givenUp) {
            return;
        }
        pieces.add(piece);
        // an answer that is told whole is in memory whole anyway
        if (unread.addAndGet(piece.bytes()) > mostUnread && exchange.isStreamed()) {
            givenUp = true;
            exchange.giveUp(Exchange.UNREAD);
        }
    }

    /** How many choices there are, of all calls. */
    public int choices() {
        return usages.length;
    }

    /** The next piece of any choice; waits for it. Null when all choices are complete. */
    public @Nullable Piece next() throws InterruptedException {
        return next(FOREVER);
    }

    /** The next piece of any choice; null where none came in time, or all are complete ({@link #isComplete}). */
    public @Nullable Piece next(Duration patience) throws InterruptedException {
        if (givenUp) {
            throw new ClientGone();
        }
        Piece piece = isComplete() ? null : pieces.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (piece != null) {
            unread.addAndGet(-piece.bytes());
            note(piece);
        }
        return piece;
    }

    public boolean isComplete() {
        return running == 0;
    }

    private void note(Piece piece) {
        int choice = piece.choice();
        observer.heard(model, piece, lastNanos[choice] < 0 ? -1 : piece.nanos() - lastNanos[choice]);
        lastNanos[choice] = piece.nanos();
        if (piece.event().isLast()) {
            running--;
            usages[choice] = piece.event() instanceof Event.Finished finished
                    ? finished.usage()
                    : ((Event.Failed) piece.event()).usage();
            observer.ended(exchange, model, since, piece);
        }
    }

    /**
     * All choices to their ends.
     *
     * @throws Problem 503 where they were cancelled, 408 where their time was over
     * @throws smelt.base.Failure where one failed
     */
    public List<Completion> completions() throws InterruptedException {
        List<List<Event>> events = new ArrayList<>();
        @Nullable Completion[] done = new @Nullable Completion[choices()];
        Arrays.stream(done).forEach(any -> events.add(new ArrayList<>()));
        Piece piece;
        while ((piece = next()) != null) {
            switch (piece.event()) {
                case Event.Finished finished -> {
                    checkReason(finished.reason());
                    done[piece.choice()] =
                            new Completion(events.get(piece.choice()), finished.reason(), finished.usage());
                }
                case Event.Failed failed -> throw failed.failure();
                case Event.Token token -> events.get(piece.choice()).add(token);
                case Event.PromptToken token -> events.get(piece.choice()).add(token);
            }
        }
        List<Completion> all = new ArrayList<>();
        for (Completion completion : done) {
            all.add(Objects.requireNonNull(completion));
        }
        return all;
    }

    /** @throws Problem for a reason that is no end of an answer */
    public static void checkReason(FinishReason reason) {
        switch (reason) {
            case CANCELLED -> throw Problem.unavailable("The answer was cancelled", Duration.ofSeconds(1));
            case TIMEOUT ->
                throw Problem.of(408, "The time for this request is over", "timeout_error", "request_timeout");
            case END, STOP, LENGTH, CONTEXT -> {}
        }
    }

    /** What the choices took that are complete. */
    public TokenCounts counts() {
        int prompt = 0;
        int cached = 0;
        int completion = 0;
        for (int choice = 0; choice < usages.length; choice++) {
            Usage usage = usages[choice];
            if (usage != null) {
                completion += usage.completionTokens();
                prompt += firsts.contains(choice) ? usage.promptTokens() : 0;
                cached += firsts.contains(choice) ? usage.cachedTokens() : 0;
            }
        }
        return new TokenCounts(prompt, cached, completion);
    }

    /** Cancels what still runs; from any thread, does not wait. */
    public void cancel() {
        List.copyOf(handles).forEach(Handle::cancel);
    }

    @Override
    public void close() {
        cancel();
        if (running > 0 && !closed) {
            observer.left(model, running);
        }
        closed = true;
    }
}
