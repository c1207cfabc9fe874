package smelt.server.openai;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.engine.Completion;
import smelt.engine.Event;
import smelt.engine.FinishReason;
import smelt.engine.Request;
import smelt.server.fields.Body;
import smelt.server.generation.Generation;
import smelt.server.generation.Piece;
import smelt.server.generation.TokenCounts;
import smelt.server.http.EventSink;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The answer to one request for a response, whole or as typed events. */
final class ResponseAnswer {
    private static final int RATE_LIMIT = 429;

    private final ServedModels.InUse use;
    private final Body body;
    private final Request request;
    private final TokenDetails details;
    private final Generation generation;
    private final Exchange exchange;
    private final TokenScores scores;
    private final String id = Wire.id("resp_");
    private final String itemId = Wire.id("msg_");
    private final long created = Instant.now().getEpochSecond();
    private int sequence;

    ResponseAnswer(
            ServedModels.InUse use,
            Body body,
            Request request,
            TokenDetails details,
            Generation generation,
            Exchange exchange) {
        this.use = use;
        this.body = body;
        this.request = request;
        this.details = details;
        this.generation = generation;
        this.exchange = exchange;
        scores = new TokenScores(use.model().requireTokenizer(), details.top());
    }

    void whole() throws InterruptedException {
        Completion completion = Wire.completions(generation, exchange).getFirst();
        ArrayNode told = Wire.ids();
        completion.events().forEach(event -> {
            if (event instanceof Event.Token token) {
                score(token, told);
            }
        });
        exchange.reply(200, ended(completion.reason(), completion.text(), told));
    }

    /** Adds the log-probability of a token that is part of the text. */
    private void score(Event.Token token, ArrayNode told) {
        var given = token.logProbs();
        if (details.scored() && given != null && !request.endIds().contains(token.id())) {
            told.add(scores.of(token, given));
        }
    }

    private ObjectNode ended(FinishReason reason, String text, ArrayNode told) {
        boolean complete = reason == FinishReason.END || reason == FinishReason.STOP;
        String status = complete ? "completed" : "incomplete";
        ObjectNode response = response(status);
        response.withArray("output").add(item(status, part(text, told)));
        if (!complete) {
            response.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        response.set("usage", usage());
        return response;
    }

    private ObjectNode usage() {
        TokenCounts counts = generation.counts();
        Wire.note(counts, exchange);
        ObjectNode usage = Json.object().put("input_tokens", counts.prompt());
        // nothing is charged for being kept
        usage.putObject("input_tokens_details")
                .put("cached_tokens", counts.cached())
                .put("cache_write_tokens", 0);
        usage.put("output_tokens", counts.completion());
        usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
        return usage.put("total_tokens", counts.total());
    }

    /** All but output and usage; without the key {@code error}, at which a client would throw. */
    private ObjectNode response(String status) {
        ObjectNode response = Json.object()
                .put("id", id)
                .put("object", "response")
                .put("created_at", created)
                .put("status", status)
                .put("background", false)
                .putNull("incomplete_details")
                .put("instructions", body.string("instructions").orElse(null));
        response.put("max_output_tokens", request.maxTokens() == Request.ROOM_LEFT ? null : request.maxTokens());
        response.set("metadata", body.object("metadata").orElseGet(Json::object));
        response.put("model", use.name()).putArray("output");
        response.put("parallel_tool_calls", true).putNull("previous_response_id");
        response.putObject("reasoning")
                .put("effort", ResponseInput.effort(body).orElse(null))
                .putNull("summary");
        response.put("service_tier", "default")
                .put("store", false)
                .put("temperature", request.sampling().temperature());
        response.putObject("text").putObject("format").put("type", "text");
        response.put("tool_choice", "auto").putArray("tools");
        return response.put("top_logprobs", details.top())
                .put("top_p", request.sampling().topP())
                .put("truncation", "disabled")
                .putNull("usage");
    }

    private ObjectNode item(String status, @Nullable ObjectNode part) {
        ObjectNode item = Json.object()
                .put("id", itemId)
                .put("type", "message")
                .put("status", status)
                .put("role", "assistant");
        ArrayNode content = item.putArray("content");
        if (part != null) {
            content.add(part);
        }
        return item;
    }

    private static ObjectNode part(String text, ArrayNode told) {
        ObjectNode part = Json.object().put("type", "output_text").put("text", text);
        part.putArray("annotations");
        part.set("logprobs", told);
        return part;
    }

    void stream() throws InterruptedException {
        EventSink events = exchange.events();
        tell(events, "response.created", withResponse(response("in_progress")));
        tell(events, "response.in_progress", withResponse(response("in_progress")));
        ObjectNode added = Json.object().put("output_index", 0);
        added.set("item", item("in_progress", null));
        tell(events, "response.output_item.added", added);
        ObjectNode begun = ofText();
        begun.set("part", part("", Wire.ids()));
        tell(events, "response.content_part.added", begun);
        try {
            tellText(events);
        } catch (Failure failure) {
            fail(events, Problem.of(failure));
        } catch (Problem problem) {
            fail(events, problem);
        }
        events.close();
    }

    private void tellText(EventSink events) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        ArrayNode told = Wire.ids();
        Piece piece;
        while ((piece = generation.next()) != null) {
            switch (piece.event()) {
                case Event.Token token -> {
                    ArrayNode own = Wire.ids();
                    score(token, own);
                    told.addAll(own);
                    text.append(token.text());
                    if (!token.text().isEmpty() || !own.isEmpty()) {
                        ObjectNode delta = ofText().put("delta", token.text());
                        delta.set("logprobs", own);
                        tell(events, "response.output_text.delta", delta);
                    }
                }
                case Event.Finished finished -> {
                    exchange.check();
                    Generation.checkReason(finished.reason());
                    end(events, ended(finished.reason(), text.toString(), told));
                }
                case Event.Failed failed -> throw failed.failure();
                case Event.PromptToken prompt -> {}
            }
        }
    }

    private void end(EventSink events, ObjectNode response) {
        ObjectNode item = (ObjectNode) response.path("output").get(0);
        ObjectNode part = (ObjectNode) item.path("content").get(0);
        ObjectNode text = ofText();
        text.set("text", part.path("text"));
        text.set("logprobs", part.path("logprobs"));
        tell(events, "response.output_text.done", text);
        ObjectNode done = ofText();
        done.set("part", part);
        tell(events, "response.content_part.done", done);
        ObjectNode whole = Json.object().put("output_index", 0);
        whole.set("item", item);
        tell(events, "response.output_item.done", whole);
        tell(events, "response." + response.path("status").stringValue(), withResponse(response));
    }

    /** What ended the exchange itself is told as everywhere. */
    private void fail(EventSink events, Problem problem) {
        exchange.check();
        ObjectNode response = response("failed");
        response.putObject("error")
                .put("code", problem.status() == RATE_LIMIT ? "rate_limit_exceeded" : "server_error")
                .put("message", problem.message());
        tell(events, "response.failed", withResponse(response));
    }

    private ObjectNode ofText() {
        return Json.object().put("item_id", itemId).put("output_index", 0).put("content_index", 0);
    }

    private static ObjectNode withResponse(ObjectNode response) {
        ObjectNode event = Json.object();
        event.set("response", response);
        return event;
    }

    private void tell(EventSink events, String type, ObjectNode event) {
        event.put("type", type).put("sequence_number", sequence++);
        events.event(type, event);
    }
}
