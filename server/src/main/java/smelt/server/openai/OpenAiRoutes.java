package smelt.server.openai;

import java.util.ArrayList;
import java.util.List;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Dialect;
import smelt.server.http.Route;

/**
 * All of OpenAI's routes that there are, each also without {@code /v1}, and those of llama.cpp and vLLM beside them.
 */
public final class OpenAiRoutes {
    private static final String V1 = "/v1";

    private OpenAiRoutes() {}

    public static List<Route> of(Serving serving) {
        var models = new Models(serving.models());
        List<Route> all = new ArrayList<>();
        both(all, post("/v1/chat/completions", new ChatCompletions(serving)::handle));
        both(all, post("/v1/completions", new Completions(serving)::handle));
        var responses = new Responses(serving);
        both(all, post("/v1/responses", responses::handle));
        both(all, post("/v1/responses/input_tokens", responses::count));
        both(all, post("/v1/embeddings", new Embeddings(serving)::handle));
        both(all, Route.get("/v1/models", Dialect.OPENAI, models::list));
        both(all, Route.get("/v1/models/*", Dialect.OPENAI, models::one));
        Route rerank = post("/v1/rerank", new Rerank(serving)::handle);
        both(all, rerank);
        all.add(at("/v2/rerank", rerank));
        both(all, at("/v1/reranking", rerank));
        all.add(post("/tokenize", new Tokenize(serving)::handle));
        all.add(post("/detokenize", new Detokenize(serving)::handle));
        all.add(post("/apply-template", new ApplyTemplate(serving)::handle));
        all.add(Route.get("/tokenizer_info", Dialect.OPENAI, new TokenizerInfo(serving.models())::handle));
        all.addAll(Missing.routes());
        return all;
    }

    /** The tables of all routes that read a body. */
    public static List<Fields> fields() {
        return List.of(
                ChatCompletions.FIELDS,
                Completions.FIELDS,
                Responses.FIELDS,
                Responses.COUNTED,
                Embeddings.FIELDS,
                Rerank.FIELDS,
                Tokenize.FIELDS,
                Detokenize.FIELDS,
                ApplyTemplate.FIELDS);
    }

    private static Route post(String path, Route.Handler handler) {
        return Route.post(path, Dialect.OPENAI, handler);
    }

    private static void both(List<Route> all, Route route) {
        all.add(route);
        all.add(at(route.path().substring(V1.length()), route));
    }

    /** The same at another path. */
    private static Route at(String path, Route route) {
        return new Route(route.method(), path, route.dialect(), route.access(), route.handler());
    }
}
