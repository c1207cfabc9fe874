package smelt.server.openai;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.required;
import static smelt.server.fields.Field.supported;

import java.util.List;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;
import smelt.tokenizer.Tokenizer;

/** {@code /detokenize}: the text as llama.cpp calls it, {@code content}, and as vLLM does, {@code prompt}. */
final class Detokenize {
    static final Fields FIELDS = Fields.of(
            "/detokenize",
            List.of(
                    required("tokens", Kind.IDS, "of one text; control tokens are written out"),
                    supported("model", Kind.STRING, "by default the first that is served"),
                    ignored("request_id", Kind.STRING, "the header X-Request-Id is taken")));

    private final Serving serving;

    Detokenize(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        int[] ids = body.ids("tokens").stream().mapToInt(Integer::intValue).toArray();
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            Tokenizer tokenizer = use.model().requireTokenizer();
            for (int id : ids) {
                if (id >= tokenizer.vocabularySize()) {
                    throw Problem.invalid(
                            "tokens", "tokens holds " + id + "; the vocabulary has " + tokenizer.vocabularySize());
                }
            }
            String text = tokenizer.decode(ids, true);
            exchange.reply(200, Json.object().put("content", text).put("prompt", text));
        }
    }
}
