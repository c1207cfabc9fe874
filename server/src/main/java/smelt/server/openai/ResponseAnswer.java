package smelt.server.openai;

import java.time.Instant;
import java.util.List;
import smelt.base.Failure;
import smelt.engine.Completion;
import smelt.engine.Event;
import smelt.engine.FinishReason;
import smelt.engine.Request;
import smelt.server.answers.GrowingAnswer;
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
    private final GrowingAnswer answer;
    private final ResponseItems items = new ResponseItems();
    private final String id = Wire.id("resp_");
    private final long created = Instant.now().getEpochSecond();
    private int sequence;

    ResponseAnswer(
            ServedModels.InUse use,
            Body body,
            Request request,
            TokenDetails details,
            GrowingAnswer answer,
            Generation generation,
            Exchange exchange) {
        this.use = use;
        this.body = body;
        this.request = request;
        this.details = details;
        this.answer = answer;
        this.generation = generation;
        this.exchange = exchange;
        scores = new TokenScores(use.model().requireTokenizer(), details.top());
    }

    void whole() throws InterruptedException {
        Completion completion = Wire.completions(generation, exchange).getFirst();
        completion.events().forEach(event -> {
            if (event instanceof Event.Token token) {
                items.add(answer.hear(token), scored(token));
            }
        });
        items.add(answer.end(), Wire.ids());
        items.end(status(completion.reason()));
        exchange.reply(200, ended(completion.reason()));
    }

    private static String status(FinishReason reason) {
        return reason == FinishReason.END || reason == FinishReason.STOP ? "completed" : "incomplete";
    }

    /** The log-probability of a token that is part of the text. */
    private ArrayNode scored(Event.Token token) {
        ArrayNode told = Wire.ids();
        var given = token.logProbs();
        if (details.scored() && given != null && !request.endIds().contains(token.id())) {
            told.add(scores.of(token, given));
        }
        return told;
    }

    private ObjectNode ended(FinishReason reason) {
        String status = status(reason);
        ObjectNode response = response(status);
        response.set("output", items.output());
        if (status.equals("incomplete")) {
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
        response.put("parallel_tool_calls", body.flag("parallel_tool_calls", true))
                .putNull("previous_response_id");
        response.putObject("reasoning")
                .put("effort", ResponseInput.effort(body).orElse(null))
                .putNull("summary");
        response.put("service_tier", "default")
                .put("store", false)
                .put("temperature", request.sampling().temperature());
        ObjectNode format = Json.object().put("type", "text");
        response.putObject("text")
                .set(
                        "format",
                        body.object("text").map(text -> text.get("format")).orElse(format));
        response.set("tool_choice", body.any("tool_choice").orElseGet(() -> response.stringNode("auto")));
        response.set("tools", body.array("tools").orElseGet(Wire::ids));
        return response.put("top_logprobs", details.top())
                .put("top_p", request.sampling().topP())
                .put("truncation", "disabled")
                .putNull("usage");
    }

    void stream() throws InterruptedException {
        EventSink events = exchange.events();
        tell(events, "response.created", withResponse(response("in_progress")));
        tell(events, "response.in_progress", withResponse(response("in_progress")));
        try {
            tellItems(events);
        } catch (Failure failure) {
            fail(events, Problem.of(failure));
        } catch (Problem problem) {
            fail(events, problem);
        }
        events.close();
    }

    private void tellItems(EventSink events) throws InterruptedException {
        Piece piece;
        while ((piece = generation.next()) != null) {
            switch (piece.event()) {
                case Event.Token token -> tellAll(events, items.add(answer.hear(token), scored(token)));
                case Event.Finished finished -> {
                    exchange.check();
                    Generation.checkReason(finished.reason());
                    tellAll(events, items.add(answer.end(), Wire.ids()));
                    tellAll(events, items.end(status(finished.reason())));
                    ObjectNode response = ended(finished.reason());
                    tell(events, "response." + response.path("status").stringValue(), withResponse(response));
                }
                case Event.Failed failed -> throw failed.failure();
                case Event.PromptToken prompt -> {}
            }
        }
    }

    private void tellAll(EventSink events, List<ObjectNode> all) {
        all.forEach(event -> tell(events, event.path("type").stringValue(), event));
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
