package smelt.server.ollama;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Optional;
import smelt.engine.ModelInfo;
import smelt.graph.ModelGraph.Pooling;
import smelt.server.answers.Conversation;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels.Served;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/show}. */
final class Show {
    static final Fields FIELDS = Fields.of(
            "/api/show",
            List.of(
                    supported("model", Kind.STRING, "required"),
                    supported("name", Kind.STRING, "older name of model"),
                    supported("verbose", Kind.BOOLEAN, "whether model_info has the long lists, such as the vocabulary"),
                    ignored("system", Kind.STRING, "changes no model"),
                    ignored("template", Kind.STRING, "changes no model"),
                    ignored("options", Kind.OBJECT, "changes no model")));

    private final Serving serving;
    private final FileFacts facts;

    Show(Serving serving, FileFacts facts) {
        this.serving = serving;
        this.facts = facts;
    }

    void handle(Exchange exchange) {
        Body body = serving.read(FIELDS, exchange);
        Served served = Names.find(serving.models(), Names.askedOrNamed(body));
        Optional<Facts> file = facts.of(served.source());
        ObjectNode answer = Json.object();
        file.flatMap(Facts::licence).ifPresent(licence -> answer.put("license", licence));
        answer.put("modelfile", "FROM " + served.name() + "\n")
                .put("parameters", "")
                .put("template", file.flatMap(Facts::template).orElse(""));
        answer.set("details", Listing.details(served, file));
        answer.set("model_info", modelInfo(served, file, body.flag("verbose", false)));
        ArrayNode capabilities = answer.putArray("capabilities");
        capability(served, file).ifPresent(capabilities::add);
        file.flatMap(Facts::template).filter(any -> !file.get().pools()).ifPresent(template -> {
            capabilities.add("tools");
            if (Conversation.canThink(template)) {
                capabilities.add("thinking");
            }
        });
        answer.put(
                "modified_at",
                file.map(Facts::modified).orElse(serving.models().since()).toString());
        exchange.reply(200, answer);
    }

    private static Optional<String> capability(Served served, Optional<Facts> file) {
        Optional<Pooling> pooling = served.info().map(ModelInfo::pooling);
        if (pooling.isPresent()) {
            return switch (pooling.get()) {
                case NONE -> Optional.of("completion");
                case RANK -> Optional.empty(); // it has no word for these
                case MEAN, FIRST, LAST -> Optional.of("embedding");
            };
        }
        return file.map(of -> of.pools() ? "embedding" : "completion");
    }

    private static ObjectNode modelInfo(Served served, Optional<Facts> file, boolean verbose) {
        ObjectNode info = Json.object();
        file.ifPresent(of -> {
            of.metadata().values().forEach((key, value) -> put(info, key, value, verbose));
            info.put("general.parameter_count", of.parameters());
        });
        served.info().ifPresent(loaded -> {
            if (file.isEmpty()) {
                info.put("general.architecture", loaded.family())
                        .put(loaded.family() + ".context_length", loaded.trainedContext());
            }
        });
        return info;
    }

    /** A list is null unless it was asked for. */
    private static void put(ObjectNode info, String key, Object value, boolean verbose) {
        if (value instanceof List<?> list) {
            if (verbose) {
                ArrayNode array = info.putArray(key);
                list.forEach(array::addPOJO);
            } else {
                info.putNull(key);
            }
        } else {
            info.putPOJO(key, value);
        }
    }
}
