package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import smelt.engine.Engine;
import smelt.engine.Event;
import smelt.engine.EventStream;
import smelt.engine.Metrics;
import smelt.engine.Request;

/**
 * Requests that an engine has all at once, and what each of them gets alone.
 *
 * @param alone events of each request but the last, whose times vary
 */
record Crowd(List<Request> requests, List<List<Event>> alone) {
    /** Makes a crowd's requests. */
    interface Requests {
        Request get(int number, int vocabulary);
    }

    /** Every request has an engine of its own. */
    static Crowd alone(int count, Requests from, Supplier<Engine> engines) throws InterruptedException {
        List<Request> requests = new ArrayList<>();
        List<List<Event>> alone = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try (Engine engine = engines.get()) {
                requests.add(from.get(i, engine.vocabulary()));
                var stream = new EventStream();
                engine.submit(requests.getLast(), stream);
                alone.add(stream.completion().events());
            }
        }
        return new Crowd(requests, alone);
    }

    /** Submits the requests from {@code first} on, in an order of the seed, and expects what they got alone. */
    Metrics together(Engine engine, int first, long seed, String where) throws InterruptedException {
        List<Integer> order =
                new ArrayList<>(IntStream.range(first, requests.size()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        List<EventStream> streams =
                requests.stream().map(request -> new EventStream()).toList();
        for (int i : order) {
            engine.submit(requests.get(i), streams.get(i));
        }
        for (int i : order) {
            assertThat(streams.get(i).completion().events())
                    .as("%s, seed %d, request %d", where, seed, i)
                    .isEqualTo(alone.get(i));
        }
        return engine.metrics();
    }
}
