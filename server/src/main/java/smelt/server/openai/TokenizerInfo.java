package smelt.server.openai;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import smelt.engine.ChatFormat;
import smelt.engine.LoadedModel;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels;
import smelt.tokenizer.Tokenizer;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tokenizer_info}: what programs that tokenize by themselves want to know; names as in Hugging Face files. */
final class TokenizerInfo {
    private final ServedModels models;

    TokenizerInfo(ServedModels models) {
        this.models = models;
    }

    void handle(Exchange exchange) throws InterruptedException {
        try (ServedModels.InUse use = models.use(exchange.query("model"))) {
            LoadedModel model = use.model();
            Tokenizer tokenizer = model.requireTokenizer();
            ObjectNode answer = Json.object()
                    .put("model", use.name())
                    .put("vocab_size", tokenizer.vocabularySize())
                    .put("model_max_length", model.info().contextLength())
                    .put("bos_token", piece(tokenizer, tokenizer.bos()))
                    .put("eos_token", piece(tokenizer, tokenizer.eos()))
                    .put("add_bos_token", addsBegin(tokenizer));
            model.chatFormat().flatMap(ChatFormat::template).ifPresent(text -> answer.put("chat_template", text));
            exchange.reply(200, answer);
        }
    }

    private static @Nullable String piece(Tokenizer tokenizer, OptionalInt id) {
        return id.isPresent() ? tokenizer.piece(id.getAsInt()) : null;
    }

    private static boolean addsBegin(Tokenizer tokenizer) {
        int[] none = tokenizer.encode("", true, false);
        return tokenizer.bos().isPresent()
                && none.length > 0
                && none[0] == tokenizer.bos().getAsInt();
    }
}
