package smelt.server.openai;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.engine.Terms;
import smelt.engine.sampling.Sampling;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;

/** The fields that say how tokens are chosen and when to end: those of OpenAI, llama.cpp and vLLM. */
final class SamplingFields {
    /** Tokens that count for penalties where nothing is said, as in llama.cpp. */
    private static final int PENALTY_WINDOW = 64;

    private static final int MOST_TOP_LOG_PROBS = 20;

    private SamplingFields() {}

    /** Shared by chat and completions. */
    static final List<Field> FIELDS = List.of(
            supported("temperature", Kind.NUMBER, "0 to 2, default 1; 0 takes the most likely token"),
            supported("top_p", Kind.NUMBER, "0 to 1, default 1"),
            supported("top_k", Kind.INTEGER, "0 or -1: all, the default"),
            supported("min_p", Kind.NUMBER, "0 to 1, default 0"),
            supported("typical_p", Kind.NUMBER, "0 to 1, default 1"),
            supported("repetition_penalty", Kind.NUMBER, "above 0 to 10, default 1"),
            supported("repeat_penalty", Kind.NUMBER, "another name of repetition_penalty"),
            supported(
                    "repeat_last_n",
                    Kind.INTEGER,
                    "tokens, of the prompt too, that count for all penalties; default 64, -1: all"),
            supported("frequency_penalty", Kind.NUMBER, "-2 to 2, default 0"),
            supported("presence_penalty", Kind.NUMBER, "-2 to 2, default 0"),
            supported(
                    "seed",
                    Kind.INTEGER,
                    "the answer is a function of it and of the request; by default another every time"),
            supported("logit_bias", Kind.OBJECT, "token id to a number from -100 to 100 that is added to its logit"),
            supported("stop", Kind.STRINGS, "the answer ends before the first of these texts"),
            supported("stop_token_ids", Kind.ARRAY, "the answer ends with the first of these tokens"),
            supported("ignore_eos", Kind.BOOLEAN, "whether the model's own end tokens do not end the answer"),
            supported("n", Kind.INTEGER, "how many answers, 1 to 128"),
            supported("priority", Kind.INTEGER, "lower ones start first, default 0"),
            ignored("user", Kind.STRING, "nothing is kept by user"),
            ignored("cache_prompt", Kind.BOOLEAN, "prefixes are always cached, and change no answer"),
            ignored("request_id", Kind.STRING, "the header X-Request-Id is taken"),
            refused("cache_salt", Kind.STRING, "all requests share one prefix cache"),
            refused("min_tokens", Kind.INTEGER, "answers have no least length", SamplingFields::isZero),
            refused("bad_words", Kind.ARRAY, "ban tokens with logit_bias", SamplingFields::isEmpty),
            refused("allowed_token_ids", Kind.ARRAY, "ban others with logit_bias", SamplingFields::isEmpty),
            refused(
                    "include_stop_str_in_output",
                    Kind.BOOLEAN,
                    "stop strings are never part of the answer",
                    SamplingFields::isFalse),
            refused(
                    "skip_special_tokens",
                    Kind.BOOLEAN,
                    "control tokens are never part of the answer",
                    SamplingFields::isTrue),
            refused("grammar", Kind.STRING, "answers cannot be constrained yet", SamplingFields::isEmpty),
            refused("json_schema", Kind.OBJECT, "answers cannot be constrained yet"),
            refused("structured_outputs", Kind.OBJECT, "answers cannot be constrained yet"),
            refused("guided_json", Kind.ANY, "answers cannot be constrained yet"),
            refused("guided_regex", Kind.STRING, "answers cannot be constrained yet"),
            refused("guided_choice", Kind.ARRAY, "answers cannot be constrained yet"),
            refused("guided_grammar", Kind.STRING, "answers cannot be constrained yet"),
            refused("mirostat", Kind.INTEGER, "Mirostat is not there", SamplingFields::isZero),
            refused("dry_multiplier", Kind.NUMBER, "DRY is not there", SamplingFields::isZero),
            refused("xtc_probability", Kind.NUMBER, "XTC is not there", SamplingFields::isZero),
            refused("lora", Kind.ANY, "adapters are not there", SamplingFields::isEmpty),
            refused("truncate_prompt_tokens", Kind.INTEGER, "a prompt is never cut; shorten it, or send less"));

    static boolean isZero(JsonNode value) {
        return value.isNumber() && value.doubleValue() == 0;
    }

    static boolean isFalse(JsonNode value) {
        return value.isBoolean() && !value.booleanValue();
    }

    static boolean isTrue(JsonNode value) {
        return value.isBoolean() && value.booleanValue();
    }

    static boolean isEmpty(JsonNode value) {
        return (value.isContainer() && value.isEmpty())
                || (value.isString() && value.stringValue().isEmpty());
    }

    /** How tokens are chosen. */
    static Sampling sampling(Body body, Serving.Limits limits) {
        double repetition = body.number("repetition_penalty", 1, 0.01, 10);
        int window = body.integer("repeat_last_n", PENALTY_WINDOW, -1, Integer.MAX_VALUE);
        return new Sampling(
                body.number("temperature", 1, 0, 2),
                Math.max(0, body.integer("top_k", 0, -1, Integer.MAX_VALUE)),
                body.number("top_p", 1, 0, 1),
                body.number("min_p", 0, 0, 1),
                body.number("typical_p", 1, 0, 1),
                body.number("repeat_penalty", repetition, 0.01, 10),
                body.number("frequency_penalty", 0, -2, 2),
                body.number("presence_penalty", 0, -2, 2),
                window < 0 ? Integer.MAX_VALUE : window,
                seed(body),
                logitBias(body, limits));
    }

    /** Another one every time where none is given, which stays below 2^53 so that JSON can hold it. */
    private static long seed(Body body) {
        OptionalLong given = body.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        return given.orElseGet(() -> ThreadLocalRandom.current().nextLong(1L << 53));
    }

    private static Map<Integer, Float> logitBias(Body body, Serving.Limits limits) {
        Map<Integer, Float> biases = new HashMap<>();
        body.object("logit_bias").ifPresent(given -> {
            if (given.size() > limits.biases()) {
                throw Problem.invalid(
                        "logit_bias", "logit_bias names " + given.size() + " tokens, at most " + limits.biases());
            }
            given.properties().forEach(entry -> biases.put(tokenId(entry.getKey()), bias(entry.getValue())));
        });
        return biases;
    }

    private static int tokenId(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw Problem.invalid("logit_bias", "logit_bias names a token '" + shortened(text) + "' that is no id");
        }
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    private static float bias(JsonNode value) {
        if (!value.isNumber() || !(Math.abs(value.doubleValue()) <= 100)) {
            throw Problem.invalid(
                    "logit_bias",
                    "a value of logit_bias must be a number between -100 and 100 but is " + Fields.described(value));
        }
        return (float) value.doubleValue();
    }

    /** The request of one answer; its log-probabilities and token limit are the route's matter. */
    static Request request(int[] prompt, Body body, LoadedModel model, Exchange exchange, Serving.Limits limits) {
        return Request.of(prompt)
                .withSampling(sampling(body, limits))
                .withStop(stop(body, limits))
                .withEndIds(endIds(body, model))
                .withTerms(Terms.DEFAULT
                        .withKey(exchange.caller())
                        .withPriority(-body.integer("priority", 0, -1000, 1000)));
    }

    private static List<String> stop(Body body, Serving.Limits limits) {
        List<String> all =
                body.strings("stop").stream().filter(text -> !text.isEmpty()).toList();
        if (all.size() > limits.stops()) {
            throw Problem.invalid("stop", "stop has " + all.size() + " texts, at most " + limits.stops());
        }
        all.forEach(text -> {
            if (text.length() > limits.stopCharacters()) {
                throw Problem.invalid(
                        "stop",
                        "a text of stop has " + text.length() + " characters, at most " + limits.stopCharacters());
            }
        });
        return all;
    }

    private static Set<Integer> endIds(Body body, LoadedModel model) {
        Set<Integer> ids = body.flag("ignore_eos", false) ? new HashSet<>() : new HashSet<>(model.endIds());
        body.array("stop_token_ids")
                .ifPresent(given -> given.forEach(id -> {
                    if (!id.isInt() || id.intValue() < 0) {
                        throw Problem.invalid(
                                "stop_token_ids", "stop_token_ids must hold token ids, not " + Fields.described(id));
                    }
                    ids.add(id.intValue());
                }));
        return ids;
    }

    /** How many of the most likely tokens are wanted; 0 to 20. */
    static int topLogProbs(Body body, String name) {
        return body.integer(name, 0, 0, MOST_TOP_LOG_PROBS);
    }

    static int choices(Body body, Serving.Limits limits) {
        return body.integer("n", 1, 1, limits.choices());
    }

    /** @throws Problem 400 {@code context_length_exceeded} with both numbers */
    static void checkLength(int[] prompt, LoadedModel model, String param) {
        int context = model.engine().contextLength();
        if (prompt.length >= context) {
            throw Problem.invalid(
                            param,
                            "The prompt has " + prompt.length + " tokens; the context of " + model.name() + " holds "
                                    + context + ", with at least one for the answer")
                    .withCode("context_length_exceeded");
        }
    }
}
