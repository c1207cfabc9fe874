package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import smelt.engine.Engine;
import smelt.engine.Event;
import smelt.engine.EventStream;
import smelt.engine.Metrics;
import smelt.engine.Request;
import smelt.engine.sampling.Sampling;

/**
 * Requests whose answers are known, asked of engines that guess.
 *
 * @param alone the events of each request but the last one, without guesses and without company
 */
record GuessedCrowd(List<Request> requests, List<List<Event>> alone) {
    /** Without filters, so that every token may come. */
    static Sampling lively(long seed, double temperature) {
        return Sampling.PLAIN.withTemperature(temperature).withSeed(seed);
    }

    static GuessedCrowd of(List<Request> requests, Engine plain) throws InterruptedException {
        List<List<Event>> alone = new ArrayList<>();
        for (Request request : requests) {
            alone.add(ask(plain, request));
        }
        assertThat(plain.metrics().proposedTokens()).isZero();
        return new GuessedCrowd(requests, alone);
    }

    private static List<Event> ask(Engine engine, Request request) throws InterruptedException {
        var stream = new EventStream();
        engine.submit(request, stream);
        return untilEnd(stream);
    }

    private static List<Event> untilEnd(EventStream stream) throws InterruptedException {
        List<Event> events = new ArrayList<>();
        for (Event event = stream.take(); !event.isLast(); event = stream.take()) {
            events.add(event);
        }
        return events;
    }

    /** Asks one after the other. */
    Metrics inTurns(Engine engine, String where) throws InterruptedException {
        for (int i = 0; i < requests.size(); i++) {
            assertThat(ask(engine, requests.get(i)))
                    .as("%s, request %d", where, i)
                    .isEqualTo(alone.get(i));
        }
        return engine.metrics();
    }

    /** Asks all at once. */
    Metrics together(Engine engine, long seed, String where) throws InterruptedException {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, requests.size()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        List<EventStream> streams =
                requests.stream().map(r -> new EventStream()).toList();
        for (int i : order) {
            engine.submit(requests.get(i), streams.get(i));
        }
        for (int i : order) {
            assertThat(untilEnd(streams.get(i)))
                    .as("%s, seed %d, request %d", where, seed, i)
                    .isEqualTo(alone.get(i));
        }
        return engine.metrics();
    }
}
