package smelt.server.openai;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import smelt.engine.Completion;
import smelt.engine.Event;
import smelt.engine.FinishReason;
import smelt.server.generation.Generation;
import smelt.server.generation.Piece;
import smelt.server.http.EventSink;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The answers to the prompts of one completion, whole or in chunks. */
final class CompletionAnswer {
    private final ServedModels.InUse use;
    private final Completions.Wanted wanted;
    private final Generation generation;
    private final Exchange exchange;
    private final String id = Wire.id("cmpl-");
    private final long created = Instant.now().getEpochSecond();

    CompletionAnswer(ServedModels.InUse use, Completions.Wanted wanted, Generation generation, Exchange exchange) {
        this.use = use;
        this.wanted = wanted;
        this.generation = generation;
        this.exchange = exchange;
    }

    void whole() throws InterruptedException {
        List<Completion> completions = Wire.completions(generation, exchange);
        ObjectNode body = head();
        ArrayNode choices = body.putArray("choices");
        for (int i = 0; i < wanted.prompts().size(); i++) {
            List<Completion> made = completions.subList(i * wanted.made(), (i + 1) * wanted.made());
            for (Completion shown : best(made)) {
                choices.add(choice(choices.size(), wanted.prompts().get(i), shown));
            }
        }
        body.set("usage", Wire.usage(generation.counts(), exchange));
        exchange.reply(200, body);
    }

    private List<Completion> best(List<Completion> made) {
        if (wanted.made() == wanted.shown()) {
            return made;
        }
        return made.stream()
                .sorted(Comparator.comparingDouble(CompletionAnswer::meanLogProb)
                        .reversed())
                .limit(wanted.shown())
                .toList();
    }

    private static double meanLogProb(Completion completion) {
        return completion.events().stream()
                .filter(Event.Token.class::isInstance)
                .map(Event.Token.class::cast)
                .mapToDouble(
                        token -> token.logProbs() == null ? 0 : token.logProbs().logProb())
                .average()
                .orElse(Double.NEGATIVE_INFINITY);
    }

    private ObjectNode head() {
        return Json.object()
                .put("id", id)
                .put("object", "text_completion")
                .put("created", created)
                .put("model", use.name());
    }

    private ObjectNode choice(int index, Prompt prompt, Completion completion) {
        var growing = new CompletionText(prompt, wanted, use.model());
        StringBuilder text = new StringBuilder();
        CompletionScores scores = growing.noScores();
        List<CompletionText.Part> parts = new ArrayList<>();
        growing.begin().ifPresent(parts::add);
        for (Event event : completion.events()) {
            add(growing, event).ifPresent(parts::add);
        }
        parts.forEach(part -> {
            text.append(part.text());
            part.scores().ifPresent(scores::addAll);
        });
        ObjectNode choice = Json.object().put("index", index).put("text", text.toString());
        choice.set("logprobs", wanted.details().scored() ? scores.json() : null);
        choice.put("finish_reason", completion.reason().wire());
        tellDetails(choice, prompt, completion);
        return choice;
    }

    private static Optional<CompletionText.Part> add(CompletionText growing, Event event) {
        return switch (event) {
            case Event.PromptToken token -> growing.add(token);
            case Event.Token token -> Optional.of(growing.add(token));
            case Event.Finished finished -> Optional.empty();
            case Event.Failed failed -> Optional.empty();
        };
    }

    private void tellDetails(ObjectNode choice, Prompt prompt, Completion completion) {
        wanted.details().promptTop().ifPresent(top -> {
            var scores = new TokenScores(use.model().requireTokenizer(), top);
            choice.set("prompt_logprobs", Wire.promptScores(completion, scores));
        });
        if (wanted.details().ids()) {
            choice.set("prompt_token_ids", Wire.ids(prompt.ids()));
            choice.set("token_ids", Wire.ids(completion.ids()));
        }
    }

    /** @param withUsage whether a last chunk tells what it took */
    void stream(boolean withUsage) throws InterruptedException {
        EventSink events = exchange.events();
        List<CompletionText> growing = new ArrayList<>();
        for (int i = 0; i < generation.choices(); i++) {
            Prompt prompt = wanted.prompts().get(i / wanted.made());
            var own = new CompletionText(prompt, wanted, use.model());
            growing.add(own);
            ObjectNode first = chunk(i, own.begin().orElse(null), null, withUsage);
            if (wanted.details().ids()) {
                ((ObjectNode) first.path("choices").get(0)).set("prompt_token_ids", Wire.ids(prompt.ids()));
            }
            if (own.begin().isPresent() || wanted.details().ids()) {
                events.data(first);
            }
        }
        Piece piece;
        while ((piece = generation.next()) != null) {
            tell(events, piece, growing.get(piece.choice()), withUsage);
        }
        ObjectNode usage = Wire.usage(generation.counts(), exchange);
        if (withUsage) {
            ObjectNode last = head();
            last.putArray("choices");
            last.set("usage", usage);
            events.data(last);
        }
        events.done();
    }

    private void tell(EventSink events, Piece piece, CompletionText growing, boolean withUsage) {
        switch (piece.event()) {
            case Event.Finished finished -> {
                exchange.check();
                Generation.checkReason(finished.reason());
                events.data(chunk(piece.choice(), null, finished.reason(), withUsage));
            }
            case Event.Failed failed -> throw failed.failure();
            case Event.PromptToken token ->
                growing.add(token).ifPresent(part -> events.data(chunk(piece.choice(), part, null, withUsage)));
            case Event.Token token -> {
                CompletionText.Part part = growing.add(token);
                if (!part.text().isEmpty()
                        || part.scores().isPresent()
                        || wanted.details().ids()) {
                    ObjectNode chunk = chunk(piece.choice(), part, null, withUsage);
                    if (wanted.details().ids()) {
                        ((ObjectNode) chunk.path("choices").get(0)).set("token_ids", Wire.ids(token.id()));
                    }
                    events.data(chunk);
                }
            }
        }
    }

    private ObjectNode chunk(
            int index, CompletionText.@Nullable Part part, @Nullable FinishReason reason, boolean withUsage) {
        ObjectNode chunk = head();
        ObjectNode choice = chunk.putArray("choices").addObject();
        choice.put("index", index).put("text", part == null ? "" : part.text());
        choice.set(
                "logprobs",
                part == null ? null : part.scores().map(CompletionScores::json).orElse(null));
        choice.put("finish_reason", reason == null ? null : reason.wire());
        if (withUsage) {
            chunk.putNull("usage");
        }
        return chunk;
    }
}
