package smelt.server.ollama;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.ArrayList;
import java.util.List;
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
import smelt.server.http.Json;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The options of a request; where nothing is said, those of Ollama hold. */
final class Options {
    private static final String MACHINE = "the server decides how its machine is used; changes no answer";
    /** Ollama's. */
    private static final Sampling USUAL =
            Sampling.PLAIN.withTemperature(0.8).withTopK(40).withTopP(0.9).withRepetitionPenalty(1.1);

    static final Fields FIELDS = Fields.of("/api/chat options", fields());

    private final Body body;
    private final Serving.Limits limits;

    private Options(Body body, Serving.Limits limits) {
        this.body = body;
        this.limits = limits;
    }

    private static List<Field> fields() {
        List<Field> all = new ArrayList<>(List.of(
                supported(
                                "num_ctx",
                                Kind.INTEGER,
                                "prompt and answer together; not above what the model was loaded with")
                        .atLeast(1),
                supported("num_predict", Kind.INTEGER, "most tokens of the answer; 0 and below: the room left"),
                supported("temperature", Kind.NUMBER, "0 to 2, default 0.8; 0 takes the most likely token")
                        .between(0, 2),
                supported("top_k", Kind.INTEGER, "default 40; 0: all").atLeast(-1),
                supported("top_p", Kind.NUMBER, "0 to 1, default 0.9").between(0, 1),
                supported("min_p", Kind.NUMBER, "0 to 1, default 0").between(0, 1),
                supported("typical_p", Kind.NUMBER, "0 to 1, default 1").between(0, 1),
                supported("repeat_penalty", Kind.NUMBER, "above 0 to 10, default 1.1")
                        .between(0.01, 10),
                supported("repeat_last_n", Kind.INTEGER, "tokens that count for all penalties; default 64, -1: all")
                        .atLeast(-1),
                supported("presence_penalty", Kind.NUMBER, "-2 to 2, default 0").between(-2, 2),
                supported("frequency_penalty", Kind.NUMBER, "-2 to 2, default 0")
                        .between(-2, 2),
                supported("seed", Kind.INTEGER, "-1, the default: another every time"),
                supported("stop", Kind.STRINGS, "the answer ends before the first of these texts"),
                refused("mirostat", Kind.INTEGER, "Mirostat is not there", value -> isNumber(value, 0)),
                refused("tfs_z", Kind.NUMBER, "tail-free sampling is not there", value -> isNumber(value, 1)),
                ignored("mirostat_tau", Kind.NUMBER, "Mirostat is not there"),
                ignored("mirostat_eta", Kind.NUMBER, "Mirostat is not there"),
                ignored("penalize_newline", Kind.BOOLEAN, "a newline counts as any other token"),
                ignored("num_keep", Kind.INTEGER, "nothing of a prompt is ever given up"),
                ignored("draft_num_predict", Kind.INTEGER, "guesses change no answer")));
        for (String name : List.of(
                "numa",
                "num_batch",
                "num_gqa",
                "num_gpu",
                "main_gpu",
                "low_vram",
                "f16_kv",
                "logits_all",
                "vocab_only",
                "use_mmap",
                "use_mlock",
                "embedding_only",
                "num_thread")) {
            all.add(ignored(name, Kind.ANY, MACHINE));
        }
        return all;
    }

    private static boolean isNumber(JsonNode value, double number) {
        return value.isNumber() && value.doubleValue() == number;
    }

    /** Those of a body that may have {@code options}. */
    static Options of(Body body, Serving serving) {
        return of(body.object("options").orElseGet(Json::object), serving);
    }

    static Options of(ObjectNode options, Serving serving) {
        return new Options(FIELDS.read(options, serving.lenient()), serving.limits());
    }

    /**
     * Tokens that prompt and answer may have together.
     *
     * @throws Problem 400 where more is asked for than there is
     */
    int context(LoadedModel model) {
        int there = model.service().contextLength();
        int wanted = body.integer("num_ctx", there, 1, Integer.MAX_VALUE);
        if (wanted > there) {
            throw Problem.invalid(
                    "num_ctx",
                    "num_ctx is " + wanted + "; " + model.name() + " is loaded with a context of " + there
                            + " tokens (smelt serve --context sets it)");
        }
        return wanted;
    }

    /** @throws Problem 400 where the prompt leaves no room for an answer */
    Request request(int[] prompt, LoadedModel model, Exchange exchange) {
        int context = context(model);
        if (prompt.length >= context) {
            throw Problem.invalid(
                            "num_ctx",
                            "The prompt has " + prompt.length + " tokens; the context of " + model.name() + " holds "
                                    + context + ", with at least one for the answer")
                    .withCode("context_length_exceeded");
        }
        int most = body.integer("num_predict", -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
        return Request.of(prompt)
                .withSampling(sampling())
                .withMaxTokens(Math.min(most > 0 ? most : Request.ROOM_LEFT, context - prompt.length))
                .withStop(SamplingReader.stops(body, "stop", limits))
                .withEndIds(model.endIds())
                .withTerms(Terms.DEFAULT.withKey(exchange.caller()));
    }

    private Sampling sampling() {
        long seed = body.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElse(-1);
        return SamplingReader.read(body, USUAL).withSeed(seed == -1 ? SamplingReader.freshSeed() : seed);
    }
}
