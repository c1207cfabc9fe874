package smelt.server.openai;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import smelt.engine.Completion;
import smelt.engine.Event;
import smelt.engine.FinishReason;
import smelt.engine.Request;
import smelt.engine.sampling.LogProbs;
import smelt.server.answers.AnswerForm;
import smelt.server.answers.GrowingAnswer;
import smelt.server.answers.Part;
import smelt.server.answers.ToolCall;
import smelt.server.generation.Generation;
import smelt.server.generation.Piece;
import smelt.server.http.EventSink;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The answer to one chat, whole or in chunks. */
final class ChatAnswer {
    private final ServedModels.InUse use;
    private final Request request;
    private final TokenDetails details;
    private final Telling telling;
    private final List<GrowingAnswer> answers = new ArrayList<>();
    private final Generation generation;
    private final Exchange exchange;
    private final Optional<TokenScores> scores;
    private final String id = Wire.id("chatcmpl-");
    private final long created = Instant.now().getEpochSecond();

    /**
     * How an answer is told beside its tokens.
     *
     * @param thoughts whether they are
     * @param older whether a call is a function_call
     */
    record Telling(boolean thoughts, boolean older) {}

    ChatAnswer(
            ServedModels.InUse use,
            Request request,
            TokenDetails details,
            Telling telling,
            AnswerForm form,
            Generation generation,
            Exchange exchange) {
        this.use = use;
        this.request = request;
        this.details = details;
        this.telling = telling;
        this.generation = generation;
        this.exchange = exchange;
        scores = details.scored()
                ? Optional.of(new TokenScores(use.model().requireTokenizer(), details.top()))
                : Optional.empty();
        for (int i = 0; i < generation.choices(); i++) {
            answers.add(form.answer());
        }
    }

    void whole() throws InterruptedException {
        List<Completion> completions = Wire.completions(generation, exchange);
        ObjectNode body = head("chat.completion");
        ArrayNode choices = body.putArray("choices");
        for (int i = 0; i < completions.size(); i++) {
            choices.add(choice(i, completions.get(i)));
        }
        body.set("usage", Wire.usage(generation.counts(), exchange));
        if (details.ids()) {
            body.set("prompt_token_ids", Wire.ids(request.prompt()));
        }
        details.promptTop().ifPresent(top -> {
            var scoring = new TokenScores(use.model().requireTokenizer(), top);
            body.set("prompt_logprobs", Wire.promptScores(completions.getFirst(), scoring));
        });
        exchange.reply(200, body);
    }

    private ObjectNode head(String object) {
        return Json.object()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", use.name());
    }

    private ObjectNode choice(int index, Completion completion) {
        ObjectNode choice = Json.object().put("index", index);
        ArrayNode content = Json.object().putArray("content");
        GrowingAnswer answer = answers.get(index);
        completion.events().forEach(event -> {
            if (event instanceof Event.Token token) {
                answer.hear(token);
                score(token).ifPresent(content::add);
            }
        });
        answer.end();
        choice.set("message", message(answer));
        choice.put("finish_reason", finish(answer, completion.reason()));
        choice.set("logprobs", logProbs(content));
        if (details.ids()) {
            choice.set("token_ids", Wire.ids(completion.ids()));
        }
        return choice;
    }

    private ObjectNode message(GrowingAnswer answer) {
        ObjectNode message = Json.object().put("role", "assistant");
        List<ToolCall> calls = answer.calls();
        message.put("content", answer.content().isEmpty() && !calls.isEmpty() ? null : answer.content());
        message.putNull("refusal");
        if (telling.thoughts() && !answer.thoughts().isEmpty()) {
            message.put("reasoning_content", answer.thoughts());
        }
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            if (telling.older()) {
                message.putObject("function_call").put("name", call.name()).put("arguments", call.arguments());
            } else {
                ObjectNode told = message.withArray("tool_calls").addObject();
                told.put("id", call.id()).put("type", "function");
                told.putObject("function").put("name", call.name()).put("arguments", call.arguments());
            }
        }
        return message;
    }

    private String finish(GrowingAnswer answer, FinishReason reason) {
        if (answer.calls(reason)) {
            return telling.older() ? "function_call" : "tool_calls";
        }
        return reason.wire();
    }

    /** Empty where it was not asked for, and for the token that ends the answer and is no part of it. */
    private Optional<ObjectNode> score(Event.Token token) {
        LogProbs given = token.logProbs();
        return given == null || request.endIds().contains(token.id())
                ? Optional.empty()
                : scores.map(of -> of.of(token, given));
    }

    private @Nullable ObjectNode logProbs(ArrayNode content) {
        if (scores.isEmpty()) {
            return null;
        }
        ObjectNode logProbs = Json.object();
        logProbs.set("content", content);
        return logProbs.putNull("refusal");
    }

    /** @param withUsage whether a last chunk tells what it took */
    void stream(boolean withUsage) throws InterruptedException {
        EventSink events = exchange.events();
        for (int i = 0; i < generation.choices(); i++) {
            ObjectNode delta = Json.object().put("role", "assistant").put("content", "");
            ObjectNode first = chunk(i, delta, null, null, withUsage);
            if (details.ids()) {
                first.set("prompt_token_ids", Wire.ids(request.prompt()));
            }
            events.data(first);
        }
        Piece piece;
        while ((piece = generation.next()) != null) {
            tell(events, piece, withUsage);
        }
        ObjectNode usage = Wire.usage(generation.counts(), exchange);
        if (withUsage) {
            ObjectNode last = head("chat.completion.chunk");
            last.putArray("choices");
            last.set("usage", usage);
            events.data(last);
        }
        events.done();
    }

    private void tell(EventSink events, Piece piece, boolean withUsage) {
        GrowingAnswer answer = answers.get(piece.choice());
        switch (piece.event()) {
            case Event.Token token -> tell(events, piece.choice(), token, deltas(answer.hear(token)), withUsage);
            case Event.Finished finished -> {
                exchange.check();
                Generation.checkReason(finished.reason());
                for (ObjectNode delta : deltas(answer.end())) {
                    events.data(chunk(piece.choice(), delta, null, null, withUsage));
                }
                String reason = finish(answer, finished.reason());
                events.data(chunk(piece.choice(), Json.object(), null, reason, withUsage));
            }
            case Event.Failed failed -> throw failed.failure();
            case Event.PromptToken prompt -> {}
        }
    }

    /** What is told of the token itself comes with the first of its deltas. */
    private void tell(EventSink events, int index, Event.Token token, List<ObjectNode> deltas, boolean withUsage) {
        Optional<ObjectNode> score = score(token);
        if (deltas.isEmpty() && (score.isPresent() || details.ids())) {
            deltas.add(Json.object().put("content", ""));
        }
        for (int i = 0; i < deltas.size(); i++) {
            ArrayNode content = Json.object().putArray("content");
            if (i == 0) {
                score.ifPresent(content::add);
            }
            ObjectNode chunk = chunk(index, deltas.get(i), i == 0 ? logProbs(content) : null, null, withUsage);
            if (details.ids()) {
                ((ObjectNode) chunk.path("choices").get(0))
                        .set("token_ids", i == 0 ? Wire.ids(token.id()) : Wire.ids());
            }
            events.data(chunk);
        }
    }

    private List<ObjectNode> deltas(List<Part> parts) {
        List<ObjectNode> deltas = new ArrayList<>();
        for (Part part : parts) {
            ObjectNode delta = Json.object();
            switch (part) {
                case Part.Content more -> deltas.add(delta.put("content", more.text()));
                case Part.Thought more -> {
                    if (telling.thoughts()) {
                        deltas.add(delta.put("reasoning_content", more.text()));
                    }
                }
                case Part.Called call -> {
                    function(delta, call.index(), call.id())
                            .put("name", call.name())
                            .put("arguments", "");
                    deltas.add(delta);
                }
                case Part.Arguments more -> {
                    function(delta, more.index(), null).put("arguments", more.text());
                    deltas.add(delta);
                }
            }
        }
        return deltas;
    }

    /** @param id with the first delta of a call alone */
    private ObjectNode function(ObjectNode delta, int index, @Nullable String id) {
        if (telling.older()) {
            return delta.putObject("function_call");
        }
        ObjectNode call = delta.putArray("tool_calls").addObject().put("index", index);
        if (id != null) {
            call.put("id", id).put("type", "function");
        }
        return call.putObject("function");
    }

    private ObjectNode chunk(
            int index, ObjectNode delta, @Nullable ObjectNode logProbs, @Nullable String reason, boolean withUsage) {
        ObjectNode chunk = head("chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
        choice.set("delta", delta);
        choice.set("logprobs", logProbs);
        choice.put("finish_reason", reason);
        if (withUsage) {
            chunk.putNull("usage");
        }
        return chunk;
    }
}
