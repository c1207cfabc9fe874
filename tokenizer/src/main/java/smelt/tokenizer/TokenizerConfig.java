package smelt.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What the files beside tokenizer.json say.
 *
 * @param bosToken text of the begin token, or empty
 * @param eosToken text of the end token, or empty
 * @param addBos whether a begin token is added, where said (tokenizer.json tells it by its post-processor)
 * @param endIds all ids that end generation, by generation_config.json
 */
record TokenizerConfig(
        String bosToken,
        String eosToken,
        List<Integer> endIds,
        Optional<Boolean> addBos,
        Optional<Boolean> addEos,
        Optional<String> chatTemplate) {
    /** Each node may be missing. */
    static TokenizerConfig read(JsonNode config, JsonNode specialTokens, JsonNode generation) {
        List<Integer> ends = new ArrayList<>();
        JsonNode eos = generation.path("eos_token_id");
        if (eos.isIntegralNumber() && eos.canConvertToInt()) {
            ends.add(eos.intValue());
        }
        for (JsonNode id : eos) {
            ends.add(JsonFields.integer(id, "eos_token_id"));
        }
        return new TokenizerConfig(
                token("bos_token", config, specialTokens),
                token("eos_token", config, specialTokens),
                ends,
                flag(config.path("add_bos_token")),
                flag(config.path("add_eos_token")),
                chatTemplate(config.path("chat_template")));
    }

    private static Optional<Boolean> flag(JsonNode node) {
        return node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty();
    }

    private static String token(String name, JsonNode config, JsonNode specialTokens) {
        String token = text(config.path(name));
        return token.isEmpty() ? text(specialTokens.path(name)) : token;
    }

    /** A text, or a token with its options. */
    private static String text(JsonNode node) {
        JsonNode text = node.isObject() ? node.path("content") : node;
        return text.isString() ? text.stringValue() : "";
    }

    /** One template, or several by name, of which the one called default counts. */
    private static Optional<String> chatTemplate(JsonNode node) {
        if (node.isString()) {
            return Optional.of(node.stringValue());
        }
        for (JsonNode named : node) {
            if (JsonFields.string(named, "name", "").equals("default")) {
                return Optional.of(JsonFields.required(named, "template"));
            }
        }
        return Optional.empty();
    }
}
