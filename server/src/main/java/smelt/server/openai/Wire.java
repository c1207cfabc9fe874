package smelt.server.openai;

import java.util.List;
import java.util.UUID;
import smelt.engine.Completion;
import smelt.engine.Event;
import smelt.server.generation.Generation;
import smelt.server.generation.TokenCounts;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What OpenAI's answers have in common. */
final class Wire {
    private Wire() {}

    /** Such as {@code chatcmpl-...}. */
    static String id(String prefix) {
        return prefix + UUID.randomUUID().toString().replace("-", "");
    }

    /** Noted for the log, too. */
    static ObjectNode usage(TokenCounts counts, Exchange exchange) {
        note(counts, exchange);
        ObjectNode usage = Json.object()
                .put("prompt_tokens", counts.prompt())
                .put("completion_tokens", counts.completion())
                .put("total_tokens", counts.total());
        usage.putObject("prompt_tokens_details").put("cached_tokens", counts.cached());
        return usage;
    }

    static void note(TokenCounts counts, Exchange exchange) {
        exchange.notes().put("prompt_tokens", counts.prompt());
        exchange.notes().put("completion_tokens", counts.completion());
    }

    /** Of what reads and does not write. */
    static ObjectNode promptUsage(int tokens, Exchange exchange) {
        exchange.notes().put("prompt_tokens", tokens);
        return Json.object().put("prompt_tokens", tokens).put("total_tokens", tokens);
    }

    /** All answers; where they were cancelled because the exchange is over, what ended it. */
    static List<Completion> completions(Generation generation, Exchange exchange) throws InterruptedException {
        try {
            return generation.completions();
        } catch (RuntimeException e) {
            exchange.check();
            throw e;
        }
    }

    static ArrayNode ids(int... ids) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (int id : ids) {
            array.add(id);
        }
        return array;
    }

    /** Those of the prompt, in vLLM's shape. */
    static ArrayNode promptScores(Completion completion, TokenScores scores) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Event event : completion.events()) {
            if (event instanceof Event.PromptToken token) {
                all.add(scores.ofPrompt(token));
            }
        }
        return all;
    }
}
