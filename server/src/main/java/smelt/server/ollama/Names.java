package smelt.server.ollama;

import smelt.server.fields.Body;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;

/** Models as its clients name them. */
final class Names {
    private static final String LATEST = ":latest";
    private static final int NOT_FOUND = 404;

    private Names() {}

    /** Of a body that may have {@code model} alone. */
    static String asked(Body body) {
        return body.required("model").stringValue();
    }

    /**
     * Of a body that may have the older {@code name} instead: Ollama's own client then sends an empty model beside it.
     */
    static String askedOrNamed(Body body) {
        return body.string("model")
                .filter(model -> !model.isEmpty())
                .or(() -> body.string("name"))
                .orElseGet(() -> asked(body));
    }

    static String withoutLatest(String name) {
        return name.endsWith(LATEST) ? name.substring(0, name.length() - LATEST.length()) : name;
    }

    /**
     * The model of this name, which its clients may lengthen by {@code :latest}.
     *
     * @throws Problem 404
     */
    static ServedModels.Served find(ServedModels models, String name) {
        String bare = withoutLatest(name);
        if (bare.equals(name)) {
            return models.find(name);
        }
        try {
            return models.find(name);
        } catch (Problem e) {
            if (e.status() == NOT_FOUND) {
                return models.find(bare);
            }
            throw e;
        }
    }
}
