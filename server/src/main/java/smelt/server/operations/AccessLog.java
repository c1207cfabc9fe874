package smelt.server.operations;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.RequestObserver;
import tools.jackson.databind.node.ObjectNode;

/**
 * One line of JSON for each request, at level DEBUG: nothing of what was answered is in it, and of what was asked only
 * where that is wanted.
 */
final class AccessLog implements RequestObserver {
    static final String NAME = "smelt.access";

    private static final int LONGEST_TEXT = 256;
    /** Of a body, as JSON. */
    private static final int LONGEST_BODY = 64 << 10;

    private static final System.Logger LOG = System.getLogger(NAME);

    private final boolean prompts;

    /** @param prompts whether bodies are told */
    AccessLog(boolean prompts) {
        this.prompts = prompts;
    }

    @Override
    public void began(Exchange exchange) {
        if (prompts) {
            exchange.keepBody();
        }
    }

    @Override
    public void ended(Exchange exchange, int status, Duration time) {
        LOG.log(System.Logger.Level.DEBUG, () -> line(exchange, status, time));
    }

    private static String line(Exchange exchange, int status, Duration time) {
        ObjectNode line = Json.object()
                .put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
                .put("level", "INFO")
                .put("logger", NAME)
                .put("request_id", exchange.id())
                .put("caller", exchange.caller())
                .put("method", exchange.method())
                .put("path", shortened(exchange.path()))
                .put("status", status)
                .put("milliseconds", Math.round(time.toNanos() / 1e3) / 1e3);
        exchange.givenUp().ifPresent(why -> line.put("given_up", why));
        exchange.notes()
                .forEach((name, value) -> line.putPOJO(name, value instanceof String text ? shortened(text) : value));
        exchange.keptBody().ifPresent(body -> {
            String text = new String(Json.bytes(body), StandardCharsets.UTF_8);
            if (text.length() <= LONGEST_BODY) {
                line.set("request", body);
            } else {
                line.put("request", text.substring(0, LONGEST_BODY) + "...");
            }
        });
        return new String(Json.bytes(line), StandardCharsets.UTF_8);
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
    }
}
