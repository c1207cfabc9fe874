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
import smelt.server.generation.TokenCounts;
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
    private final Generation generation;
    private final Exchange exchange;
    private final Optional<TokenScores> scores;
    private final String id = Wire.id("chatcmpl-");
    private final long created = Instant.now().getEpochSecond();

    ChatAnswer(ServedModels.InUse use, Request request, Generation generation, Exchange exchange) {
        this.use = use;
        this.request = request;
        this.generation = generation;
        this.exchange = exchange;
        scores = request.logProbs() ? Optional.of(new TokenScores(use.model().requireTokenizer())) : Optional.empty();
    }

    void whole() throws InterruptedException {
        List<Completion> completions = completions();
        ObjectNode body = head("chat.completion");
        ArrayNode choices = body.putArray("choices");
        for (int i = 0; i < completions.size(); i++) {
            choices.add(choice(i, completions.get(i)));
        }
        body.set("usage", usage());
        exchange.reply(200, body);
    }

    private List<Completion> completions() throws InterruptedException {
        try {
            return generation.completions();
        } catch (RuntimeException e) {
            exchange.check(); // it was cancelled because it is over
            throw e;
        }
    }

    private ObjectNode head(String object) {
        return Json.object()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", use.name());
    }

    private ObjectNode usage() {
        TokenCounts counts = generation.counts();
        exchange.notes().put("prompt_tokens", counts.prompt());
        exchange.notes().put("completion_tokens", counts.completion());
        return Wire.usage(counts);
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
            events.data(chunk(i, delta, null, null, withUsage));
        }
        Piece piece;
        while ((piece = generation.next()) != null) {
            tell(events, piece, withUsage);
        }
        ObjectNode usage = usage();
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
                if (!token.text().isEmpty() || score.isPresent()) {
                    ObjectNode delta = Json.object().put("content", token.text());
                    ArrayNode content = Json.object().putArray("content");
                    score.ifPresent(content::add);
                    events.data(chunk(piece.choice(), delta, logProbs(content), null, withUsage));
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
