package smelt.server.ollama;

import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Optional;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;
import smelt.store.Catalogue;
import smelt.store.ModelStore;
import smelt.store.StoredModel;

/** {@code /api/delete}: deletes a model of the store, which is then served no more; never a file of the user's own. */
final class Delete {
    static final Fields FIELDS = Fields.of(
            "/api/delete",
            List.of(
                    supported("model", Kind.STRING, "required"),
                    supported("name", Kind.STRING, "older name of model")));

    private final Serving serving;
    private final Optional<ModelStore> store;

    Delete(Serving serving, Optional<ModelStore> store) {
        this.serving = serving;
        this.store = store;
    }

    void handle(Exchange exchange) {
        Body body = serving.read(FIELDS, exchange);
        String asked = Names.askedOrNamed(body);
        ModelStore from = store.orElseThrow(Pull::noStore);
        ServedModels models = serving.models();
        String name = Names.withoutLatest(asked);
        Optional<ServedModels.Served> served = models.list().stream()
                .filter(one -> one.name().equals(asked) || one.name().equals(name))
                .findFirst();
        String source = served.map(ServedModels.Served::source).orElse(name);
        String stored =
                Catalogue.builtIn().find(source).map(Catalogue.Entry::name).orElse(source);
        if (from.list().stream().map(StoredModel::name).noneMatch(stored::equals)) {
            throw Problem.of(
                    404,
                    "The model '" + asked + "' is not in the store" + (served.isPresent() ? "; its file is kept" : ""),
                    Problem.INVALID_REQUEST,
                    "model_not_found");
        }
        exchange.notes().put("model", asked);
        from.remove(stored);
        served.ifPresent(one -> models.remove(one.name()));
        models.host().unload(source);
        exchange.reply(200, "application/json", new byte[0]);
    }
}
