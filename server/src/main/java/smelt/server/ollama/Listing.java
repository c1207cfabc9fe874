package smelt.server.ollama;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import smelt.engine.ModelInfo;
import smelt.engine.hosting.HostedModel;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels;
import smelt.server.models.ServedModels.Served;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/tags}: what is served; {@code /api/ps}: what of it is in memory. */
final class Listing {
    /** Until one that stays for good is unloaded. */
    private static final Duration FOR_GOOD = Duration.ofDays(36_500);

    private final ServedModels models;
    private final FileFacts facts;

    Listing(ServedModels models, FileFacts facts) {
        this.models = models;
        this.facts = facts;
    }

    void tags(Exchange exchange) {
        ObjectNode body = Json.object();
        ArrayNode list = body.putArray("models");
        models.list().forEach(served -> list.add(tag(served.name(), served)));
        models.aliases().entrySet().stream()
                .filter(alias -> !alias.getKey().endsWith("*"))
                .sorted(Map.Entry.comparingByKey())
                .forEach(alias -> list.add(tag(alias.getKey(), models.find(alias.getValue()))));
        exchange.reply(200, body);
    }

    private ObjectNode tag(String name, Served served) {
        Optional<Facts> file = facts.of(served.source());
        return entry(name, served, file)
                .put(
                        "modified_at",
                        file.map(Facts::modified).orElse(models.since()).toString())
                .put(
                        "size",
                        file.map(Facts::bytes)
                                .orElse(served.hosted().map(HostedModel::bytes).orElse(0L)));
    }

    private static ObjectNode entry(String name, Served served, Optional<Facts> file) {
        ObjectNode entry = Json.object()
                .put("name", name)
                .put("model", name)
                .put("digest", file.map(Facts::digest).orElseGet(() -> Facts.digest(served.source())));
        entry.set("details", details(served, file));
        return entry;
    }

    static ObjectNode details(Served served, Optional<Facts> file) {
        return file.map(Facts::details)
                .orElseGet(() ->
                        Facts.details("", served.info().map(ModelInfo::family).orElse(""), "", ""));
    }

    void loaded(Exchange exchange) {
        ObjectNode body = Json.object();
        ArrayNode list = body.putArray("models");
        Instant now = Instant.now();
        for (Served served : models.list()) {
            served.hosted()
                    .ifPresent(hosted -> served.info()
                            .ifPresent(info -> list.add(entry(served.name(), served, facts.of(served.source()))
                                    .put("size", hosted.bytes())
                                    .put("size_vram", 0)
                                    .put("context_length", info.contextLength())
                                    .put("expires_at", now.plus(left(hosted)).toString()))));
        }
        exchange.reply(200, body);
    }

    private static Duration left(HostedModel hosted) {
        Duration left = hosted.pinned() ? FOR_GOOD : hosted.expiresIn().orElse(Duration.ZERO);
        return left.compareTo(FOR_GOOD) > 0 ? FOR_GOOD : left;
    }
}
