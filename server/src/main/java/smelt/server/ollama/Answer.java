package smelt.server.ollama;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import smelt.engine.Event;
import smelt.engine.Request;
import smelt.engine.Usage;
import smelt.engine.sampling.LogProbs;
import smelt.server.answers.AnswerForm;
import smelt.server.answers.GrowingAnswer;
import smelt.server.answers.Part;
import smelt.server.answers.ToolCall;
import smelt.server.fields.Body;
import smelt.server.generation.Call;
import smelt.server.generation.Generation;
import smelt.server.generation.Piece;
import smelt.server.generation.Serving;
import smelt.server.generation.TokenEntries;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.LineSink;
import tools.jackson.databind.JsonNode;
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
    private final GrowingAnswer answer;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thoughts = new StringBuilder();
    private final ArrayNode scores = Json.object().putArray("scores");
    private Event.@Nullable Finished finished;

    /** Where a line has its text. */
    enum Shape {
        CHAT {
            @Override
            void put(ObjectNode line, String text, String thoughts) {
                ObjectNode message = line.putObject("message").put("role", "assistant");
                message.put("content", text);
                if (!thoughts.isEmpty()) {
                    message.put("thinking", thoughts);
                }
            }
        },
        GENERATE {
            @Override
            void put(ObjectNode line, String text, String thoughts) {
                line.put("response", text);
                if (!thoughts.isEmpty()) {
                    line.put("thinking", thoughts);
                }
            }
        };

        abstract void put(ObjectNode line, String text, String thoughts);

        ObjectNode line(String model, String text, String thoughts) {
            ObjectNode line = Json.object()
                    .put("model", model)
                    .put("created_at", Instant.now().toString());
            put(line, text, thoughts);
            return line;
        }

        /** The answer to a request that asks nothing. */
        ObjectNode loaded(Lease lease) {
            return line(lease.asked(), "", "")
                    .put("done", true)
                    .put("done_reason", lease.keep().unloads() ? "unload" : "load");
        }
    }

    private Answer(
            Shape shape, Lease lease, Request request, GrowingAnswer answer, Generation generation, Exchange exchange) {
        this.shape = shape;
        this.lease = lease;
        this.request = request;
        this.answer = answer;
        this.generation = generation;
        this.exchange = exchange;
        entries = new TokenEntries(lease.model().requireTokenizer());
    }

    /** Answers in lines, unless {@code stream} says otherwise. */
    static void give(
            Shape shape, Lease lease, Request request, AnswerForm form, Body body, Exchange exchange, Serving serving)
            throws InterruptedException {
        var call = new Call(request, 1);
        try (Generation generation =
                Generation.start(lease.name(), lease.model().engine(), List.of(call), serving, exchange)) {
            var answer = new Answer(shape, lease, request, form.answer(), generation, exchange);
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
        ObjectNode whole = line();
        putCalls(whole);
        exchange.reply(200, last(whole));
    }

    private void stream() throws InterruptedException {
        LineSink lines = exchange.lines();
        Piece piece;
        while ((piece = generation.next()) != null) {
            hear(piece);
            if (finished == null && (!text.isEmpty() || !thoughts.isEmpty() || !scores.isEmpty())) {
                lines.line(line().put("done", false));
            }
        }
        if (!answer.calls().isEmpty()) {
            ObjectNode calls = line().put("done", false);
            putCalls(calls);
            lines.line(calls);
        }
        lines.line(last(line()));
        lines.close();
    }

    private void hear(Piece piece) {
        switch (piece.event()) {
            case Event.Token token -> {
                note(answer.hear(token));
                LogProbs given = token.logProbs();
                if (given != null && !request.endIds().contains(token.id())) {
                    scores.add(score(token.id(), given));
                }
            }
            case Event.Finished last -> {
                exchange.check(); // it was cancelled because it is over
                Generation.checkReason(last.reason());
                note(answer.end());
                finished = last;
            }
            case Event.Failed failed -> {
                exchange.check();
                throw failed.failure();
            }
            case Event.PromptToken prompt -> {}
        }
    }

    /** Its clients get calls whole, at the end. */
    private void note(List<Part> parts) {
        for (Part part : parts) {
            switch (part) {
                case Part.Content more -> text.append(more.text());
                case Part.Thought more -> thoughts.append(more.text());
                case Part.Called call -> {}
                case Part.Arguments more -> {}
            }
        }
    }

    private void putCalls(ObjectNode line) {
        if (answer.calls().isEmpty()) {
            return;
        }
        ObjectNode message = line.withObject("message");
        for (ToolCall call : answer.calls()) {
            JsonNode arguments = Json.parsed(call.arguments());
            if (arguments.isObject()) {
                ObjectNode told = message.withArray("tool_calls").addObject().put("id", call.id());
                told.putObject("function").put("name", call.name()).set("arguments", arguments);
            } else {
                // the answer ended too early
                message.put("content", message.path("content").asString("") + call.name() + call.arguments());
            }
        }
    }

    private ObjectNode score(int id, LogProbs given) {
        int top = request.topLogProbs();
        return top > 0 ? entries.of(id, given, top) : entries.of(id, given.logProb());
    }

    /** What was heard since the last one. */
    private ObjectNode line() {
        ObjectNode line = shape.line(lease.asked(), text.toString(), thoughts.toString());
        if (!scores.isEmpty()) {
            line.set("logprobs", scores.deepCopy());
        }
        text.setLength(0);
        thoughts.setLength(0);
        scores.removeAll();
        return line;
    }

    /** With what it took, in nanoseconds. */
    private ObjectNode last(ObjectNode line) {
        Event.Finished end = Objects.requireNonNull(finished);
        Usage usage = end.usage();
        exchange.notes().put("prompt_tokens", usage.promptTokens());
        exchange.notes().put("completion_tokens", usage.completionTokens());
        return line.put("done", true)
                .put("done_reason", end.reason().wire())
                .put("total_duration", System.nanoTime() - lease.began())
                .put("load_duration", lease.loadNanos())
                .put("prompt_eval_count", usage.promptTokens())
                .put("prompt_eval_duration", usage.prefillNanos())
                .put("eval_count", usage.completionTokens())
                .put("eval_duration", usage.decodeNanos());
    }
}
