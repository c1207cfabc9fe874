package smelt.server.openai;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.supported;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import smelt.engine.LoadedModel;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;
import smelt.tokenizer.Tokenizer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tokenize}, as llama.cpp has it ({@code content}), and vLLM ({@code prompt}, or {@code messages}). */
final class Tokenize {
    static final Fields FIELDS = Fields.of(
                    "/tokenize",
                    List.of(
                            supported("content", Kind.STRING, "llama.cpp's text; without special tokens by default"),
                            supported("prompt", Kind.STRING, "vLLM's text; with special tokens by default"),
                            supported("messages", Kind.ARRAY, "or a chat"),
                            supported("model", Kind.STRING, "by default the first that is served"),
                            supported(
                                    "add_special", Kind.BOOLEAN, "whether the model's begin and end tokens are added"),
                            supported("add_special_tokens", Kind.BOOLEAN, "vLLM's name of add_special"),
                            supported(
                                    "parse_special",
                                    Kind.BOOLEAN,
                                    "whether control tokens that are written out become such, default true"),
                            supported("with_pieces", Kind.BOOLEAN, "whether tokens are told as {id, piece}"),
                            supported("return_token_strs", Kind.BOOLEAN, "adds token_strs, as the vocabulary has them"),
                            ignored("request_id", Kind.STRING, "the header X-Request-Id is taken")))
            .and(ChatFields.TEMPLATE);

    private final Serving serving;

    Tokenize(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            int[] ids = ids(body, use.model());
            Tokenizer tokenizer = use.model().requireTokenizer();
            boolean pieces = body.flag("with_pieces", false);
            ObjectNode answer = Json.object()
                    .put("count", ids.length)
                    .put("max_model_len", use.model().info().contextLength());
            ArrayNode tokens = answer.putArray("tokens");
            for (int id : ids) {
                if (pieces) {
                    tokens.addObject().put("id", id).set("piece", piece(tokenizer, id));
                } else {
                    tokens.add(id);
                }
            }
            if (body.flag("return_token_strs", false)) {
                ArrayNode texts = answer.putArray("token_strs");
                for (int id : ids) {
                    texts.add(tokenizer.piece(id));
                }
            }
            exchange.reply(200, answer);
        }
    }

    private int[] ids(Body body, LoadedModel model) {
        Optional<String> text = body.string("content").or(() -> body.string("prompt"));
        if (text.isPresent() == body.has("messages") || (body.has("content") && body.has("prompt"))) {
            throw Problem.invalid("content", "Exactly one of content, prompt and messages is expected")
                    .withCode("missing_required_parameter");
        }
        boolean usual = body.has("prompt");
        boolean special = body.flag("add_special_tokens", body.flag("add_special", usual));
        boolean parse = body.flag("parse_special", true);
        return text.map(content -> model.requireTokenizer().encode(content, special, parse))
                .orElseGet(() -> ChatFields.read(body, serving.limits()).prompt(model, "messages"));
    }

    /** A text, or the bytes where they are none by themselves. */
    private static JsonNode piece(Tokenizer tokenizer, int id) {
        byte[] bytes = tokenizer.bytes(id, true);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') < 0) {
            return Json.object().stringNode(text);
        }
        ArrayNode numbers = Wire.ids();
        for (byte b : bytes) {
            numbers.add(b & 0xFF);
        }
        return numbers;
    }
}
