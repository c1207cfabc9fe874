package smelt.server.openai;

import java.util.UUID;
import smelt.server.generation.TokenCounts;
import smelt.server.http.Json;
import tools.jackson.databind.node.ObjectNode;

/** What OpenAI's answers have in common. */
final class Wire {
    private Wire() {}

    /** Such as {@code chatcmpl-...}. */
    static String id(String prefix) {
        return prefix + UUID.randomUUID().toString().replace("-", "");
    }

    static ObjectNode usage(TokenCounts counts) {
        ObjectNode usage = Json.object()
                .put("prompt_tokens", counts.prompt())
                .put("completion_tokens", counts.completion())
                .put("total_tokens", counts.total());
        usage.putObject("prompt_tokens_details").put("cached_tokens", counts.cached());
        return usage;
    }
}
