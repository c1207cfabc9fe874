package smelt.server.operations;

import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels;

/** Whether the server lives, and whether it takes requests. */
final class Health {
    private static final String RETRY_SECONDS = "2";

    private final ServedModels models;
    private final String version;

    Health(ServedModels models, String version) {
        this.models = models;
        this.version = version;
    }

    void live(Exchange exchange) {
        exchange.reply(200, Json.object().put("status", "ok"));
    }

    void ready(Exchange exchange) {
        switch (models.state()) {
            case READY -> exchange.reply(200, Json.object().put("status", "ok"));
            case LOADING -> unavailable(exchange, "loading model");
            case FAILED -> unavailable(exchange, "a model could not be loaded");
            case DRAINING -> unavailable(exchange, "shutting down");
        }
    }

    private static void unavailable(Exchange exchange, String why) {
        exchange.replyHeader("Retry-After", RETRY_SECONDS);
        exchange.reply(503, Json.object().put("status", why));
    }

    void version(Exchange exchange) {
        exchange.reply(200, Json.object().put("version", version));
    }
}
