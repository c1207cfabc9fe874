package smelt.server.anthropic;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import smelt.engine.Event;
import smelt.engine.FinishReason;
import smelt.engine.Request;
import smelt.server.answers.GrowingAnswer;
import smelt.server.answers.Part;
import smelt.server.generation.Generation;
import smelt.server.generation.Piece;
import smelt.server.generation.TokenCounts;
import smelt.server.http.EventSink;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels;
import tools.jackson.databind.node.ObjectNode;

/** The answer to one request for a message, whole or in events. */
final class MessageAnswer {
    private final ServedModels.InUse use;
    private final Request request;
    private final GrowingAnswer answer;
    private final Blocks blocks = new Blocks();
    private final Generation generation;
    private final Exchange exchange;
    private final StopSequence stops;
    private @Nullable FinishReason reason;

    MessageAnswer(
            ServedModels.InUse use, Request request, GrowingAnswer answer, Generation generation, Exchange exchange) {
        this.use = use;
        this.request = request;
        this.answer = answer;
        this.generation = generation;
        this.exchange = exchange;
        stops = new StopSequence(request.stop(), use.model().requireTokenizer());
    }

    void whole() throws InterruptedException {
        Piece piece;
        while ((piece = generation.next()) != null) {
            blocks.add(partsOf(piece));
        }
        blocks.end();
        ObjectNode body = message();
        body.set("content", blocks.content());
        body.setAll(end());
        body.set("usage", usage());
        exchange.reply(200, body);
    }

    private ObjectNode message() {
        ObjectNode message = Json.object()
                .put("id", "msg_" + UUID.randomUUID().toString().replace("-", ""))
                .put("type", "message")
                .put("role", "assistant")
                .put("model", use.name());
        message.putArray("content");
        return message;
    }

    /** What a piece brings; notes how the answer ends. */
    private List<Part> partsOf(Piece piece) {
        switch (piece.event()) {
            case Event.Token token -> {
                stops.push(token.id());
                return answer.hear(token);
            }
            case Event.Finished finished -> {
                exchange.check(); // it was cancelled because it is over
                Generation.checkReason(finished.reason());
                reason = finished.reason();
                return answer.end();
            }
            case Event.Failed failed -> {
                exchange.check();
                throw failed.failure();
            }
            case Event.PromptToken prompt -> {}
        }
        return List.of();
    }

    /** Why it ended. */
    private ObjectNode end() {
        FinishReason ended = reason;
        Optional<String> stop = ended == FinishReason.STOP ? stops.found() : Optional.empty();
        String told = ended == null ? null : answer.calls(ended) ? "tool_use" : stopReason(ended, stop.isPresent());
        return Json.object().put("stop_reason", told).put("stop_sequence", stop.orElse(null));
    }

    private static @Nullable String stopReason(FinishReason reason, boolean bySequence) {
        return switch (reason) {
            case END -> "end_turn";
            case STOP -> bySequence ? "stop_sequence" : "end_turn"; // nothing more could be written
            case LENGTH -> "max_tokens";
            case CONTEXT -> "model_context_window_exceeded";
            case CANCELLED, TIMEOUT -> null;
        };
    }

    /** Cached tokens are counted apart from the others. */
    private ObjectNode usage() {
        TokenCounts counts = generation.counts();
        exchange.notes().put("prompt_tokens", counts.prompt());
        exchange.notes().put("completion_tokens", counts.completion());
        return usage(counts.prompt() - counts.cached(), counts.cached(), counts.completion());
    }

    private static ObjectNode usage(int input, int cached, int output) {
        return Json.object()
                .put("input_tokens", input)
                .put("cache_creation_input_tokens", 0)
                .put("cache_read_input_tokens", cached)
                .put("output_tokens", output);
    }

    void stream() throws InterruptedException {
        EventSink events = exchange.events();
        begin(events);
        boolean begun = false;
        Piece piece;
        while ((piece = generation.next()) != null) {
            for (ObjectNode event : blocks.add(partsOf(piece))) {
                send(events, event);
                if (!begun) {
                    send(events, event("ping"));
                    begun = true;
                }
            }
        }
        blocks.end().forEach(event -> send(events, event));
        ObjectNode last = event("message_delta");
        last.set("delta", end());
        last.set("usage", usage());
        send(events, last);
        send(events, event("message_stop"));
        events.close();
    }

    /** What is cached is not known yet: the last usage tells, and replaces this one. */
    private void begin(EventSink events) {
        ObjectNode start = event("message_start");
        ObjectNode message = message();
        message.setAll(end());
        message.set("usage", usage(request.prompt().length, 0, 0));
        start.set("message", message);
        send(events, start);
    }

    static ObjectNode event(String type) {
        return Json.object().put("type", type);
    }

    private static void send(EventSink events, ObjectNode event) {
        events.event(event.path("type").stringValue(), event);
    }
}
