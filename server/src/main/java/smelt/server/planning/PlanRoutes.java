package smelt.server.planning;

import java.util.List;
import smelt.planner.time.CalibratedForecaster;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Dialect;
import smelt.server.http.Route;

/** The routes of the planner. */
public final class PlanRoutes {
    private PlanRoutes() {}

    public static List<Route> of(Serving serving) {
        var plans = new Plans(serving, CalibratedForecaster::builtIn, Plans.LONGEST);
        return List.of(Route.post("/plan", Dialect.OPENAI, plans::handle));
    }

    /** The tables of all that read a body. */
    public static List<Fields> fields() {
        return List.of(Plans.FIELDS);
    }
}
