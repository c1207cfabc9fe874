package smelt.server.openai;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.engine.Terms;
import smelt.engine.sampling.Sampling;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.SamplingReader;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;

/** The fields that say how tokens are chosen and when to end: those of OpenAI, llama.cpp and vLLM. */
final class SamplingFields {

    private SamplingFields() {}

    private static final List<Field> SUPPORTED = List.of(
            supported("temperature", Kind.NUMBER, "0 to 2, default 1; 0 takes the most likely token")
                    .between(0, 2),
            supported("top_p", Kind.NUMBER, "0 to 1, default 1").between(0, 1),
            supported("top_k", Kind.INTEGER, "0 or -1: all, the default").atLeast(-1),
            supported("min_p", Kind.NUMBER, "0 to 1, default 0").between(0, 1),
            supported("typical_p", Kind.NUMBER, "0 to 1, default 1").between(0, 1),
            supported("repetition_penalty", Kind.NUMBER, "above 0 to 10, default 1")
                    .between(0.01, 10),
            supported("repeat_penalty", Kind.NUMBER, "another name of repetition_penalty")
                    .between(0.01, 10),
            supported(
                            "repeat_last_n",
                            Kind.INTEGER,
                            "tokens, of the prompt too, that count for all penalties; default 64, -1: all")
                    .atLeast(-1),
            supported("frequency_penalty", Kind.NUMBER, "-2 to 2, default 0").between(-2, 2),
            supported("presence_penalty", Kind.NUMBER, "-2 to 2, default 0").between(-2, 2),
            supported(
                    "seed",
                    Kind.INTEGER,
                    "the answer is a function of it and of the request; by default another every time"),
            supported("logit_bias", Kind.OBJECT, "token id to a number from -100 to 100 that is added to its logit"),
            supported("stop", Kind.STRINGS, "the answer ends before the first of these texts"),
            supported("include_stop_str_in_output", Kind.BOOLEAN, "whether it ends after that text instead"),
            supported("stop_token_ids", Kind.IDS, "the answer ends with the first of these tokens"),
            supported("ignore_eos", Kind.BOOLEAN, "whether the model's own end tokens do not end the answer"),
            supported(
                            "min_tokens",
                            Kind.INTEGER,
                            "so many tokens come before an end token may be chosen and stop texts are looked for; "
                                    + "default 0")
                    .atLeast(0),
            supported("priority", Kind.INTEGER, "lower ones start first, default 0; -1000 to 1000")
                    .between(-1000, 1000));

    private static final List<Field> IGNORED = List.of(
            ignored("user", Kind.STRING, "nothing is kept by user"),
            ignored("cache_prompt", Kind.BOOLEAN, "prefixes are always cached, and change no answer"),
            ignored("request_id", Kind.STRING, "the header X-Request-Id is taken"),
            ignored("n_keep", Kind.INTEGER, "a context is never shifted"),
            ignored("speculative.n_max", Kind.INTEGER, "guesses change no answer; the server decides"),
            ignored("speculative.n_min", Kind.INTEGER, "guesses change no answer; the server decides"),
            ignored("speculative.p_min", Kind.NUMBER, "guesses change no answer; the server decides"),
            ignored("mirostat_tau", Kind.NUMBER, "only for mirostat, which is refused"),
            ignored("mirostat_eta", Kind.NUMBER, "only for mirostat, which is refused"),
            ignored("dry_base", Kind.NUMBER, "only for dry_multiplier, which is refused"),
            ignored("dry_allowed_length", Kind.INTEGER, "only for dry_multiplier, which is refused"),
            ignored("dry_penalty_last_n", Kind.INTEGER, "only for dry_multiplier, which is refused"),
            ignored("dry_sequence_breakers", Kind.ARRAY, "only for dry_multiplier, which is refused"),
            ignored("xtc_threshold", Kind.NUMBER, "only for xtc_probability, which is refused"),
            ignored("dynatemp_exponent", Kind.NUMBER, "only for dynatemp_range, which is refused"));

    private static final List<Field> REFUSED = List.of(
            refused("cache_salt", Kind.STRING, "all requests share one prefix cache"),
            refused("bad_words", Kind.ARRAY, "ban tokens with logit_bias", SamplingFields::isEmpty),
            refused("allowed_token_ids", Kind.ARRAY, "ban others with logit_bias", SamplingFields::isEmpty),
            refused(
                    "skip_special_tokens",
                    Kind.BOOLEAN,
                    "control tokens are never part of the answer",
                    SamplingFields::isTrue),
            refused("mirostat", Kind.INTEGER, "Mirostat is not there", SamplingFields::isZero),
            refused("dry_multiplier", Kind.NUMBER, "DRY is not there", SamplingFields::isZero),
            refused("xtc_probability", Kind.NUMBER, "XTC is not there", SamplingFields::isZero),
            refused("dynatemp_range", Kind.NUMBER, "the temperature stays as it is", SamplingFields::isZero),
            refused("top_n_sigma", Kind.NUMBER, "it is not there", SamplingFields::isNothing),
            refused("samplers", Kind.ANY, "the order of steps is llama.cpp's usual one", SamplingFields::isEmpty),
            refused("min_keep", Kind.INTEGER, "it is not there", SamplingFields::isZero),
            refused(
                    "t_max_predict_ms",
                    Kind.INTEGER,
                    "take max_tokens, or close the connection",
                    SamplingFields::isNothing),
            refused("use_beam_search", Kind.BOOLEAN, "there is no beam search", SamplingFields::isFalse),
            refused("length_penalty", Kind.NUMBER, "there is no beam search", SamplingFields::isOne),
            refused("lora", Kind.ANY, "adapters are not there", SamplingFields::isEmpty),
            refused("id_slot", Kind.INTEGER, "there are no slots", SamplingFields::isNothing),
            refused("timings_per_token", Kind.BOOLEAN, "times are in /metrics", SamplingFields::isFalse),
            refused("return_progress", Kind.BOOLEAN, "comments keep the stream alive", SamplingFields::isFalse),
            refused("post_sampling_probs", Kind.BOOLEAN, "those of the model itself are told", SamplingFields::isFalse),
            refused("return_tokens_as_token_ids", Kind.BOOLEAN, "take return_token_ids", SamplingFields::isFalse),
            refused("truncate_prompt_tokens", Kind.INTEGER, "a prompt is never cut; shorten it, or send less"));

    /** Shared by all routes that generate. */
    static final List<Field> FIELDS = all();

    private static List<Field> all() {
        List<Field> all = new ArrayList<>(SUPPORTED);
        all.addAll(ShapeFields.FIELDS);
        all.addAll(IGNORED);
        all.addAll(REFUSED);
        return List.copyOf(all);
    }

    static boolean isZero(JsonNode value) {
        return value.isNumber() && value.doubleValue() == 0;
    }

    private static boolean isOne(JsonNode value) {
        return value.isNumber() && value.doubleValue() == 1;
    }

    /** Zero or less switches it off. */
    private static boolean isNothing(JsonNode value) {
        return value.isNumber() && value.doubleValue() <= 0;
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
        return SamplingReader.read(body, Sampling.PLAIN.withRepetitionPenalty(repetition))
                .withSeed(SamplingReader.seed(body))
                .withLogitBias(logitBias(body, limits));
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

    /**
     * The request of one answer.
     *
     * @param maxTokens as {@link Request#maxTokens}
     */
    static Request request(
            int[] prompt, int maxTokens, Body body, LoadedModel model, Exchange exchange, Serving.Limits limits) {
        int minTokens = body.integer("min_tokens", 0, 0, Integer.MAX_VALUE);
        if (minTokens > maxTokens) {
            throw Problem.invalid(
                    "min_tokens", "min_tokens is " + minTokens + ", more than the most tokens, " + maxTokens);
        }
        Sampling sampling = sampling(body, limits);
        checkIds(sampling.logitBias().keySet().stream().mapToInt(Integer::intValue), "logit_bias", model);
        return Request.of(prompt)
                .withMaxTokens(maxTokens)
                .withMinTokens(minTokens)
                .withSampling(sampling)
                .withStop(SamplingReader.stops(body, "stop", limits))
                .withStopKept(body.flag("include_stop_str_in_output", false))
                .withEndIds(endIds(body, model))
                .withTerms(Terms.DEFAULT
                        .withKey(exchange.caller())
                        .withPriority(-body.integer("priority", 0, -1000, 1000)));
    }

    /** @throws Problem 400 for an id that the model does not have */
    static void checkIds(IntStream ids, String field, LoadedModel model) {
        int vocabulary = model.engine().vocabulary();
        ids.filter(id -> id < 0 || id >= vocabulary).findFirst().ifPresent(id -> {
            throw Problem.invalid(field, field + " names token " + id + ", outside the vocabulary of " + vocabulary);
        });
    }

    private static Set<Integer> endIds(Body body, LoadedModel model) {
        Set<Integer> ids = body.flag("ignore_eos", false) ? new HashSet<>() : new HashSet<>(model.endIds());
        ids.addAll(body.ids("stop_token_ids"));
        return ids;
    }

    static int choices(Body body, Serving.Limits limits) {
        return body.integer("n", 1, 1, limits.choices());
    }
}
