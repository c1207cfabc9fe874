package smelt.server.operations;

import java.util.List;
import smelt.server.http.Dialect;
import smelt.server.http.Route;
import smelt.server.models.ServedModels;

/** The routes of those who run the server; probes need no key. */
public final class OperationsRoutes {
    private OperationsRoutes() {}

    /** @param version of this program */
    public static List<Route> of(ServedModels models, String version) {
        var health = new Health(models, version);
        return List.of(
                Route.open("GET", "/live", Dialect.OPENAI, health::live),
                Route.open("GET", "/ready", Dialect.OPENAI, health::ready),
                Route.open("GET", "/health", Dialect.OPENAI, health::ready),
                Route.open("GET", "/version", Dialect.OPENAI, health::version));
    }
}
