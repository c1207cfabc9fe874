package smelt.server;

import java.time.Duration;
import java.util.Map;
import java.util.function.DoubleSupplier;
import smelt.server.generation.Serving;
import smelt.server.http.HttpSettings;
import smelt.server.operations.LogSettings;

/**
 * How a server runs.
 *
 * @param http how it listens, and to whom
 * @param models name to what is loaded under it; the first is meant where a request names none
 * @param aliases other names of models; one may end with a star
 * @param acceptsAnyModel whether a model name that nobody knows means the first model
 * @param lenient whether fields that no table knows pass
 * @param drain how long requests may go on after the end was asked for
 * @param requests limits of what a request may ask for
 * @param logs what is logged of requests
 * @param memoryRate bytes a second that the machine's memory gives, for those who watch; 0 as long as nobody knows
 */
public record ServerSettings(
        HttpSettings http,
        Map<String, String> models,
        Map<String, String> aliases,
        boolean acceptsAnyModel,
        boolean lenient,
        Duration drain,
        Serving.Limits requests,
        Engines engines,
        LogSettings logs,
        DoubleSupplier memoryRate) {
    public static final ServerSettings DEFAULT = new ServerSettings(
            HttpSettings.DEFAULT,
            Map.of(),
            Map.of(),
            false,
            false,
            Duration.ofSeconds(30),
            Serving.Limits.DEFAULT,
            Engines.DEFAULT,
            LogSettings.DEFAULT,
            () -> 0);

    public ServerSettings withLogs(LogSettings value) {
        return new ServerSettings(
                http, models, aliases, acceptsAnyModel, lenient, drain, requests, engines, value, memoryRate);
    }

    public ServerSettings withAddress(String host, int port) {
        return withHttp(http.withAddress(host, port));
    }

    public ServerSettings withHttp(HttpSettings value) {
        return new ServerSettings(
                value, models, aliases, acceptsAnyModel, lenient, drain, requests, engines, logs, memoryRate);
    }

    public ServerSettings withMemoryRate(DoubleSupplier value) {
        return new ServerSettings(
                http, models, aliases, acceptsAnyModel, lenient, drain, requests, engines, logs, value);
    }

    public ServerSettings withRequests(Serving.Limits value) {
        return new ServerSettings(
                http, models, aliases, acceptsAnyModel, lenient, drain, value, engines, logs, memoryRate);
    }

    public ServerSettings withAliases(Map<String, String> value) {
        return new ServerSettings(
                http, models, value, acceptsAnyModel, lenient, drain, requests, engines, logs, memoryRate);
    }
}
