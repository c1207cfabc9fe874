package smelt.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Completion;
import smelt.engine.Engine;
import smelt.engine.Event;
import smelt.engine.EventStream;
import smelt.engine.FinishReason;
import smelt.engine.Handle;
import smelt.engine.Request;
import smelt.engine.Terms;

/**
 * Asks one thing after another until told to stop: reads the answer, or its beginning; cancels, goes away, throws, is
 * slow. Now and then it asks for what it knows the answer of.
 */
final class SoakUser implements Runnable {
    private final Engine engine;
    private final SoakRequests requests;
    private final Map<Request, Completion> known;
    private final Random random;
    private final AtomicBoolean over;
    private final Tally tally;

    /** What all users count together. */
    static final class Tally {
        final Map<String, AtomicLong> ends = new ConcurrentHashMap<>();
        final AtomicLong checked = new AtomicLong();
        final AtomicLong wrong = new AtomicLong();

        void end(String how) {
            ends.computeIfAbsent(how, unused -> new AtomicLong()).incrementAndGet();
        }

        long answers() {
            return ends.values().stream().mapToLong(AtomicLong::get).sum();
        }
    }

    /** @param known what probes get alone */
    SoakUser(
            Engine engine,
            SoakRequests requests,
            Map<Request, Completion> known,
            long seed,
            AtomicBoolean over,
            Tally tally) {
        this.engine = engine;
        this.requests = requests;
        this.known = known;
        this.random = new Random(seed);
        this.over = over;
        this.tally = tally;
    }

    @Override
    public void run() {
        try {
            while (!over.get()) {
                ask();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() throws InterruptedException {
        try {
            switch (random.nextInt(10)) {
                case 0, 1 -> probe();
                case 2 -> leave(true);
                case 3 -> leave(false);
                case 4 -> fail();
                case 5 -> choices();
                default -> read(requests.any(random), random.nextInt(20) == 0 ? 2 : 0);
            }
        } catch (Failure e) {
            if (e.code() == FailureCode.INTERNAL && !e.what().contains("on purpose")) {
                throw e;
            }
            tally.end("failed: " + e.code().text());
        }
    }

    private void probe() throws InterruptedException {
        Request request = requests.probes().get(random.nextInt(requests.probes().size()));
        Completion expected = known.get(request);
        Terms terms = Terms.DEFAULT.withPriority(random.nextInt(3)).withSpeculation(random.nextBoolean());
        Completion completion = read(request.withTerms(terms), 0);
        if (completion.reason() != FinishReason.CANCELLED) {
            tally.checked.incrementAndGet();
            tally.wrong.addAndGet(expected != null && expected.events().equals(completion.events()) ? 0 : 1);
        }
    }

    private Completion read(Request request, int pauseMillis) throws InterruptedException {
        var stream = new EventStream();
        Handle unused = engine.submit(request, pauseMillis == 0 ? stream : slowly(stream, pauseMillis));
        Completion completion = stream.completion();
        tally.end(completion.reason().name().toLowerCase(Locale.ROOT));
        return completion;
    }

    /** Reads some events only, and then cancels or just goes away. */
    private void leave(boolean cancels) throws InterruptedException {
        var stream = new EventStream();
        Handle handle = engine.submit(requests.any(random), stream);
        for (int i = random.nextInt(20); i > 0 && !stream.take().isLast(); i--) {
            Thread.onSpinWait();
        }
        if (cancels) {
            handle.cancel();
        }
        tally.end(cancels ? "cancelled" : "left");
    }

    /** Its callback throws. */
    private void fail() throws InterruptedException {
        var stream = new EventStream();
        int at = random.nextInt(20);
        var seen = new AtomicLong();
        Handle handle = engine.submit(requests.any(random), event -> {
            stream.accept(event);
            if (seen.getAndIncrement() == at) {
                throw new IllegalStateException("on purpose");
            }
        });
        for (int i = 0; i <= at && !stream.take().isLast(); i++) {
            Thread.onSpinWait();
        }
        handle.cancel();
        tally.end("threw");
    }

    private void choices() throws InterruptedException {
        List<EventStream> streams = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            streams.add(new EventStream());
        }
        engine.submit(requests.any(random), streams);
        for (EventStream stream : streams) {
            tally.end(stream.completion().reason().name().toLowerCase(Locale.ROOT));
        }
    }

    /** A callback that holds up the engine, which it should not. */
    private static Consumer<Event> slowly(EventStream stream, int millis) {
        return event -> {
            stream.accept(event);
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }
}
