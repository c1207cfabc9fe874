package smelt.server.openai;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.required;
import static smelt.server.fields.Field.supported;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import smelt.engine.Embedder;
import smelt.engine.LoadedModel;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.generation.Vectors;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/embeddings}. */
final class Embeddings {
    /** vLLM's: the one way to have a text cut. */
    static final Field TRUNCATE = supported(
                    "truncate_prompt_tokens",
                    Kind.INTEGER,
                    "-1: a text that is too long loses its end; by default it is refused")
            .between(-1, -1);

    static final Fields FIELDS = Fields.of(
            "/v1/embeddings",
            List.of(
                    required("input", Kind.PROMPTS, "what is to become vectors, one for each"),
                    supported("model", Kind.STRING, "by default the first that is served"),
                    supported("encoding_format", Kind.STRING, "float, the default, or base64: little-endian f32")
                            .oneOf("float", "base64"),
                    supported("dimensions", Kind.INTEGER, "the model's own alone")
                            .atLeast(1),
                    supported("normalize", Kind.BOOLEAN, "whether vectors have length 1, default true"),
                    TRUNCATE,
                    ignored("user", Kind.STRING, "nothing is kept by user"),
                    ignored("request_id", Kind.STRING, "the header X-Request-Id is taken"),
                    ignored("priority", Kind.INTEGER, "texts are read in turn"),
                    refused(
                            "add_special_tokens",
                            Kind.BOOLEAN,
                            "models were trained with them; send token ids to go without",
                            SamplingFields::isTrue),
                    refused("messages", Kind.ARRAY, "send texts as input")));

    private final Serving serving;

    Embeddings(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        boolean base64 = isBase64(body);
        boolean truncated = truncates(body);
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            LoadedModel model = use.model();
            Embedder embedder = model.embedder();
            checkDimensions(body, embedder);
            List<int[]> texts =
                    Prompt.all(body.required("input"), "input", text -> model.embeddingInput(text, truncated)).stream()
                            .map(Prompt::ids)
                            .toList();
            Prompt.checkFit(texts, "input", embedder);
            List<float[]> vectors = Vectors.of(texts, embedder, body.flag("normalize", true), exchange);
            ObjectNode answer = Json.object().put("object", "list");
            ArrayNode data = answer.putArray("data");
            for (float[] vector : vectors) {
                ObjectNode entry = data.addObject().put("object", "embedding");
                write(entry, vector, base64);
                entry.put("index", data.size() - 1);
            }
            answer.put("model", use.name());
            answer.set("usage", Wire.promptUsage(Vectors.tokens(texts), exchange));
            exchange.reply(200, answer);
        }
    }

    private static boolean isBase64(Body body) {
        String format = body.string("encoding_format").orElse("float");
        if (!format.equals("float") && !format.equals("base64")) {
            throw Problem.invalid("encoding_format", "encoding_format must be float or base64");
        }
        return format.equals("base64");
    }

    static boolean truncates(Body body) {
        OptionalLong given = body.integer("truncate_prompt_tokens", -1, Integer.MAX_VALUE);
        if (given.isPresent() && given.getAsLong() >= 0) {
            throw Problem.unsupported(
                    "truncate_prompt_tokens", "truncate_prompt_tokens must be -1, for the model's own limit");
        }
        return given.isPresent();
    }

    private static void checkDimensions(Body body, Embedder embedder) {
        OptionalLong wanted = body.integer("dimensions", 1, Integer.MAX_VALUE);
        if (wanted.isPresent() && wanted.getAsLong() != embedder.width()) {
            throw Problem.unsupported(
                    "dimensions",
                    "dimensions is " + wanted.getAsLong() + "; vectors of this model have " + embedder.width());
        }
    }

    private static void write(ObjectNode entry, float[] vector, boolean base64) {
        if (base64) {
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            entry.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
            return;
        }
        ArrayNode numbers = entry.putArray("embedding");
        for (float number : vector) {
            numbers.add(number);
        }
    }
}
