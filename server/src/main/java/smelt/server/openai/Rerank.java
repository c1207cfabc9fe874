package smelt.server.openai;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.required;
import static smelt.server.fields.Field.supported;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import smelt.engine.Embedder;
import smelt.engine.LoadedModel;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.generation.Vectors;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/rerank}, in the shape that Cohere, Jina, llama.cpp and vLLM share. */
final class Rerank {
    private static final int MOST_DOCUMENTS = 2048;

    static final Fields FIELDS = Fields.of(
            "/v1/rerank",
            List.of(
                    required("query", Kind.STRING, "what documents are to answer"),
                    required("documents", Kind.ARRAY, "texts, or objects with a text; 1 to 2048"),
                    supported("model", Kind.STRING, "by default the first that is served"),
                    supported("top_n", Kind.INTEGER, "only the best so many are told; by default all")
                            .atLeast(1),
                    supported("return_documents", Kind.BOOLEAN, "whether texts are told, default true"),
                    supported(
                            "use_activation",
                            Kind.BOOLEAN,
                            "whether scores are between 0 and 1, default true; else they are the model's own"),
                    Embeddings.TRUNCATE,
                    ignored("user", Kind.STRING, "nothing is kept by user"),
                    ignored("request_id", Kind.STRING, "the header X-Request-Id is taken"),
                    ignored("priority", Kind.INTEGER, "texts are read in turn"),
                    refused("max_tokens_per_doc", Kind.INTEGER, "truncate_prompt_tokens: -1 cuts what is too long"),
                    refused("max_chunks_per_doc", Kind.INTEGER, "a document is read as one"),
                    refused("rank_fields", Kind.ARRAY, "a document is its text")));

    private final Serving serving;

    Rerank(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        String query = body.required("query").stringValue();
        List<String> documents = documents(body.required("documents"));
        int shown = body.integer("top_n", documents.size(), 1, Integer.MAX_VALUE);
        boolean truncated = Embeddings.truncates(body);
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            LoadedModel model = use.model();
            Embedder reranker = model.reranker();
            List<int[]> pairs = documents.stream()
                    .map(document -> model.rerankInput(query, document, truncated))
                    .toList();
            Prompt.checkFit(pairs, "documents", reranker);
            List<float[]> scores = Vectors.of(pairs, reranker, false, exchange);
            ObjectNode answer = Json.object()
                    .put("id", Wire.id("rerank-"))
                    .put("object", "list")
                    .put("model", use.name());
            ArrayNode results = answer.putArray("results");
            IntStream.range(0, documents.size())
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> -scores.get(i)[0]))
                    .limit(shown)
                    .forEach(i -> {
                        ObjectNode result = results.addObject()
                                .put("index", i)
                                .put("relevance_score", score(scores.get(i)[0], body.flag("use_activation", true)));
                        if (body.flag("return_documents", true)) {
                            result.putObject("document").put("text", documents.get(i));
                        }
                    });
            answer.set("usage", Wire.promptUsage(Vectors.tokens(pairs), exchange));
            exchange.reply(200, answer);
        }
    }

    private static double score(float logit, boolean activated) {
        return activated ? 1 / (1 + StrictMath.exp(-logit)) : logit;
    }

    private static List<String> documents(JsonNode given) {
        if (given.isEmpty() || given.size() > MOST_DOCUMENTS) {
            throw Problem.invalid(
                    "documents",
                    "documents has " + given.size() + " entries; 1 to " + MOST_DOCUMENTS + " are expected");
        }
        return IntStream.range(0, given.size())
                .mapToObj(i -> document(given.get(i), "documents[" + i + "]"))
                .toList();
    }

    private static String document(JsonNode node, String where) {
        JsonNode text = node.isObject() ? node.path("text") : node;
        if (!text.isString()) {
            throw Problem.invalid(
                    where, where + " must be a text, or an object with a text, but is " + Fields.described(node));
        }
        return text.stringValue();
    }
}
