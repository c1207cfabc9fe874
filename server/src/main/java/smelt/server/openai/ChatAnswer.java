package smelt.server.openai;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import smelt.engine.Completion;
import smelt.engine.Event;
import smelt.engine.FinishReason;
import smelt.engine.Request;
import smelt.engine.sampling.LogProbs;
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
    private final Generation generation;
    private final Exchange exchange;
    private final Optional<TokenScores> scores;
    private final String id = Wire.id("chatcmpl-");
    private final long created = Instant.now().getEpochSecond();

    ChatAnswer(
            ServedModels.InUse use, Request request, TokenDetails details, Generation generation, Exchange exchange) {
        this.use = use;
        this.request = request;
        this.details = details;
        this.generation = generation;
        this.exchange = exchange;
        scores = details.scored()
                ? Optional.of(new TokenScores(use.model().requireTokenizer(), details.top()))
                : Optional.empty();
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
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", completion.text())
                .putNull("refusal");
        choice.put("finish_reason", completion.reason().wire());
        ArrayNode content = Json.object().putArray("content");
        completion.events().forEach(event -> {
            if (event instanceof Event.Token token) {
                score(token).ifPresent(content::add);
            }
        });
        choice.set("logprobs", logProbs(content));
        if (details.ids()) {
            choice.set("token_ids", Wire.ids(completion.ids()));
        }
        return choice;
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
        switch (piece.event()) {
            case Event.Token token -> {
                Optional<ObjectNode> score = score(token);
                if (!token.text().isEmpty() || score.isPresent() || details.ids()) {
                    ObjectNode delta = Json.object().put("content", token.text());
                    ArrayNode content = Json.object().putArray("content");
                    score.ifPresent(content::add);
                    ObjectNode chunk = chunk(piece.choice(), delta, logProbs(content), null, withUsage);
                    if (details.ids()) {
                        ((ObjectNode) chunk.path("choices").get(0)).set("token_ids", Wire.ids(token.id()));
                    }
                    events.data(chunk);
                }
            }
            case Event.Finished finished -> {
                exchange.check();
                Generation.checkReason(finished.reason());
                events.data(chunk(piece.choice(), Json.object(), null, finished.reason(), withUsage));
            }
            case Event.Failed failed -> throw failed.failure();
            case Event.PromptToken prompt -> {}
        }
    }

    private ObjectNode chunk(
            int index,
            ObjectNode delta,
            @Nullable ObjectNode logProbs,
            @Nullable FinishReason reason,
            boolean withUsage) {
        ObjectNode chunk = head("chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
        choice.set("delta", delta);
        choice.set("logprobs", logProbs);
        choice.put("finish_reason", reason == null ? null : reason.wire());
        if (withUsage) {
            chunk.putNull("usage");
        }
        return chunk;
    }
}
