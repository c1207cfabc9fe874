package smelt.server.openai;

import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels;
import smelt.server.models.ServedModels.Served;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/models}. */
final class Models {
    private final ServedModels models;

    Models(ServedModels models) {
        this.models = models;
    }

    void list(Exchange exchange) {
        ObjectNode body = Json.object().put("object", "list");
        ArrayNode data = body.putArray("data");
        models.list().forEach(served -> data.add(model(served.name(), served)));
        models.aliases().entrySet().stream()
                .filter(alias -> !alias.getKey().endsWith("*"))
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(alias -> data.add(model(alias.getKey(), models.find(alias.getValue()))));
        exchange.reply(200, body);
    }

    void one(Exchange exchange) {
        exchange.reply(200, model(exchange.pathTail(), models.find(exchange.pathTail())));
    }

    private ObjectNode model(String id, Served served) {
        ObjectNode model = Json.object()
                .put("id", id)
                .put("object", "model")
                .put("created", models.since().getEpochSecond())
                .put("owned_by", "smelt")
                .put("root", served.name());
        served.info().ifPresent(info -> model.put("max_model_len", info.contextLength()));
        return model;
    }
}
