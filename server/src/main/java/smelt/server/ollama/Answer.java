package smelt.server.ollama;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import smelt.engine.Event;
import smelt.engine.Request;
import smelt.engine.Usage;
import smelt.engine.sampling.LogProbs;
import smelt.server.fields.Body;
import smelt.server.generation.Call;
import smelt.server.generation.Generation;
import smelt.server.generation.Piece;
import smelt.server.generation.Serving;
import smelt.server.generation.TokenEntries;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.LineSink;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The answer to one chat or prompt, whole or in lines. */
final class Answer {
    private final Shape shape;
    private final Lease lease;
    private final Request request;
    private final Generation generation;
    private final Exchange exchange;
    private final TokenEntries entries;
    private final StringBuilder text = new StringBuilder();
    private final ArrayNode scores = Json.object().putArray("scores");
    private Event.@Nullable Finished finished;

    /** Where a line has its text. */
    enum Shape {
        CHAT {
            @Override
            void put(ObjectNode line, String text) {
                line.putObject("message").put("role", "assistant").put("content", text);
            }
        },
        GENERATE {
            @Override
            void put(ObjectNode line, String text) {
                line.put("response", text);
            }
        };

        abstract void put(ObjectNode line, String text);

        ObjectNode line(String model, String text) {
            ObjectNode line = Json.object()
                    .put("model", model)
                    .put("created_at", Instant.now().toString());
            put(line, text);
            return line;
        }

        /** The answer to a request that asks nothing. */
        ObjectNode loaded(Lease lease) {
            return line(lease.asked(), "")
                    .put("done", true)
                    .put("done_reason", lease.keep().unloads() ? "unload" : "load");
        }
    }

    private Answer(Shape shape, Lease lease, Request request, Generation generation, Exchange exchange) {
        this.shape = shape;
        this.lease = lease;
        this.request = request;
        this.generation = generation;
        this.exchange = exchange;
        entries = new TokenEntries(lease.model().requireTokenizer());
    }

    /** Answers in lines, unless {@code stream} says otherwise. */
    static void give(Shape shape, Lease lease, Request request, Body body, Exchange exchange, Serving serving)
            throws InterruptedException {
        var call = new Call(request, 1);
        try (Generation generation =
                Generation.start(lease.name(), lease.model().engine(), List.of(call), serving, exchange)) {
            var answer = new Answer(shape, lease, request, generation, exchange);
            if (body.flag("stream", true)) {
                answer.stream();
            } else {
                answer.whole();
            }
        }
    }

    private void whole() throws InterruptedException {
        Piece piece;
        while ((piece = generation.next()) != null) {
            hear(piece);
        }
        exchange.reply(200, last());
    }

    private void stream() throws InterruptedException {
        LineSink lines = exchange.lines();
        Piece piece;
        while ((piece = generation.next()) != null) {
            hear(piece);
            if (finished == null && (!text.isEmpty() || !scores.isEmpty())) {
                lines.line(line().put("done", false));
            }
        }
        lines.line(last());
        lines.close();
    }

    private void hear(Piece piece) {
        switch (piece.event()) {
            case Event.Token token -> {
                text.append(token.text());
                LogProbs given = token.logProbs();
                if (given != null && !request.endIds().contains(token.id())) {
                    scores.add(score(token.id(), given));
                }
            }
            case Event.Finished last -> {
                exchange.check(); // it was cancelled because it is over
                Generation.checkReason(last.reason());
                finished = last;
            }
            case Event.Failed failed -> {
                exchange.check();
                throw failed.failure();
            }
            case Event.PromptToken prompt -> {}
        }
    }

    private ObjectNode score(int id, LogProbs given) {
        int top = request.topLogProbs();
        return top > 0 ? entries.of(id, given, top) : entries.of(id, given.logProb());
    }

    /** What was heard since the last one. */
    private ObjectNode line() {
        ObjectNode line = shape.line(lease.asked(), text.toString());
        if (!scores.isEmpty()) {
            line.set("logprobs", scores.deepCopy());
        }
        text.setLength(0);
        scores.removeAll();
        return line;
    }

    /** With what it took, in nanoseconds. */
    private ObjectNode last() {
        Event.Finished end = Objects.requireNonNull(finished);
        Usage usage = end.usage();
        exchange.notes().put("prompt_tokens", usage.promptTokens());
        exchange.notes().put("completion_tokens", usage.completionTokens());
        return line().put("done", true)
                .put("done_reason", end.reason().wire())
                .put("total_duration", System.nanoTime() - lease.began())
                .put("load_duration", lease.loadNanos())
                .put("prompt_eval_count", usage.promptTokens())
                .put("prompt_eval_duration", usage.prefillNanos())
                .put("eval_count", usage.completionTokens())
                .put("eval_duration", usage.decodeNanos());
    }
}
