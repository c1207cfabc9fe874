package smelt.server;

import static smelt.server.Setting.Kind.DURATION;
import static smelt.server.Setting.Kind.FILE;
import static smelt.server.Setting.Kind.FLAG;
import static smelt.server.Setting.Kind.NUMBER;
import static smelt.server.Setting.Kind.PAIRS;
import static smelt.server.Setting.Kind.SIZE;
import static smelt.server.Setting.Kind.TEXT;
import static smelt.server.Setting.Kind.TEXTS;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import smelt.base.Failure;
import smelt.compiler.CacheType;
import smelt.server.generation.Serving;
import smelt.server.http.ApiKeys;
import smelt.server.http.HttpSettings;
import smelt.server.http.Limits;
import smelt.server.http.TlsFiles;
import smelt.server.operations.LogSettings;
import tools.jackson.databind.JsonNode;

/** The table of all settings, and the way from what was given to {@link ServerSettings}. */
public final class SettingsReader {
    private static final long MOST_BODY = 1 << 30;
    private static final long MOST_HEADERS = 1 << 20;
    private static final int MOST_THREADS = 1024;

    /** All of them, in the order of the help. */
    public static final List<Setting> ALL = List.of(
            Setting.of("host", TEXT, "127.0.0.1", "address to listen on"),
            Setting.of("port", NUMBER, "8080", "port to listen on; 0 takes any free one"),
            Setting.of("models", TEXTS, "", "what to serve: a model, or NAME=MODEL; the first is the usual one"),
            Setting.of("aliases", PAIRS, "", "another name of a model, gpt-*=smollm2")
                    .withOption("--alias"),
            Setting.of("any-model", FLAG, "no", "take the first model where a request names an unknown one"),
            Setting.of("unknown-fields", FLAG, "no", "ignore fields of requests that nobody knows"),
            Setting.of("api-keys", TEXTS, "", "key that requests must have; --api-key-file hides it from others")
                    .withOption("--api-key"),
            Setting.of("api-key-file", FILE, "", "file with a key in each line, behind a name where it has one"),
            Setting.of("allowed-hosts", TEXTS, "", "name that clients call the server by; *: any")
                    .withOption("--allowed-host"),
            Setting.of("cors-origins", TEXTS, "", "origin of web pages that may use it, https://chat.example; *: any")
                    .withOption("--cors-origin"),
            Setting.of("tls-certificate", FILE, "", "certificates in PEM, its own first"),
            Setting.of("tls-key", FILE, "", "private key, PKCS #8 in PEM"),
            Setting.of("context", NUMBER, "the model's, at most 8192", "length of the context in tokens"),
            Setting.of("threads", NUMBER, "one per core", "worker threads of each model"),
            Setting.of("kv", TEXT, "f16", "how keys and values are kept: f16 or q8"),
            Setting.of("kv-memory", SIZE, "512M", "memory of each model for keys and values; one context at least"),
            Setting.of("queue-tokens", NUMBER, "1048576", "prompt tokens that may wait, of each model"),
            Setting.of("memory", SIZE, "what is free", "memory that all models together may take"),
            Setting.of("keep-alive", DURATION, "for good", "how long a model stays in memory after its last use"),
            Setting.of("drain", DURATION, "30s", "how long requests may go on after the end was asked for"),
            Setting.of("max-body", SIZE, "20M", "size of a request's body"),
            Setting.of("max-headers", SIZE, "32K", "size of a request's headers"),
            Setting.of("max-stops", NUMBER, "64", "stop strings of a request"),
            Setting.of("max-stop-length", NUMBER, "1024", "characters of a stop string"),
            Setting.of("max-biases", NUMBER, "4096", "tokens in logit_bias"),
            Setting.of("max-choices", NUMBER, "128", "answers to one request"),
            Setting.of("max-messages", NUMBER, "10000", "messages of a chat"),
            Setting.of("max-tools", NUMBER, "128", "tools of a request"),
            Setting.of("max-schema", NUMBER, "262144", "characters of a schema, pattern or grammar"),
            Setting.of("max-unread", SIZE, "32M", "of an answer that waits for its client to read it"),
            Setting.of("comment-interval", DURATION, "10s", "time between two comments that keep a stream alive"),
            Setting.of("stalled-write", DURATION, "2m", "a client that reads nothing for so long is given up"),
            Setting.of("receive-timeout", DURATION, "1m", "how long a request's head, and its body, may take to come"),
            Setting.of("idle-timeout", DURATION, "5m", "a connection without requests is closed after so long"),
            Setting.of("access-log", TEXT, "on", "a line for each request: on or off"),
            Setting.of("log-prompts", FLAG, "no", "log what is asked, with each request; 64K of it at most"));

    private final Given given;

    private SettingsReader(Given given) {
        this.given = given;
    }

    /**
     * Reads what was given; an option wins over the file.
     *
     * @throws Failure INVALID_ARGUMENT that tells of all problems at once
     */
    public static ServerSettings read(Given given) {
        ServerSettings settings = new SettingsReader(given).settings();
        settings.http().check(given::complain);
        settings.aliases().forEach((alias, name) -> {
            if (!settings.models().isEmpty() && !settings.models().containsKey(name)) {
                given.complain("aliases: " + alias + " stands for " + name + ", which is not served (these are: "
                        + String.join(", ", settings.models().keySet()) + ")");
            }
        });
        given.refuse();
        return settings;
    }

    private ServerSettings settings() {
        ServerSettings usual = ServerSettings.DEFAULT;
        return new ServerSettings(
                http(),
                models(),
                given.value("aliases", SettingsReader::pairs, usual.aliases()),
                given.value("any-model", Setting::flag, usual.acceptsAnyModel()),
                given.value("unknown-fields", Setting::flag, usual.lenient()),
                given.value("drain", SettingsReader::duration, usual.drain()),
                requests(),
                engines(),
                logs(),
                usual.memoryRate());
    }

    private LogSettings logs() {
        boolean requests = given.value("access-log", SettingsReader::isOn, true);
        boolean prompts = given.value("log-prompts", Setting::flag, false);
        if (prompts && !requests) {
            given.complain("log-prompts needs access-log: prompts are part of its lines");
        }
        return new LogSettings(requests, prompts);
    }

    private static boolean isOn(JsonNode value) {
        return switch (Setting.text(value)) {
            case "on", "true" -> true;
            case "off", "false" -> false;
            default -> throw new IllegalArgumentException("must be on or off but is " + Setting.text(value));
        };
    }

    private HttpSettings http() {
        HttpSettings usual = HttpSettings.DEFAULT;
        return new HttpSettings(
                given.value("host", Setting::text, usual.host()),
                (int) number("port", usual.port(), 0, 65535),
                keys(),
                given.value("allowed-hosts", SettingsReader::texts, usual.hosts()),
                given.value("cors-origins", SettingsReader::texts, usual.origins()),
                tls(),
                limits());
    }

    private ApiKeys keys() {
        ApiKeys inline = given.value("api-keys", value -> ApiKeys.of(List.copyOf(texts(value))), ApiKeys.NONE);
        return inline.and(given.value("api-key-file", value -> ApiKeys.read(path(value)), ApiKeys.NONE));
    }

    private Optional<TlsFiles> tls() {
        Optional<Path> certificate =
                given.value("tls-certificate", value -> Optional.of(path(value)), Optional.empty());
        Optional<Path> key = given.value("tls-key", value -> Optional.of(path(value)), Optional.empty());
        if (certificate.isPresent() != key.isPresent()) {
            given.complain("tls-certificate and tls-key need each other");
        }
        return certificate.flatMap(c -> key.map(k -> new TlsFiles(c, k)));
    }

    private Limits limits() {
        Limits usual = Limits.DEFAULT;
        return new Limits(
                (int) size("max-body", usual.bodyBytes(), MOST_BODY),
                (int) size("max-headers", usual.headerBytes(), MOST_HEADERS),
                given.value("comment-interval", SettingsReader::duration, usual.keepAlive()),
                given.value("stalled-write", SettingsReader::duration, usual.stalled()),
                given.value("receive-timeout", SettingsReader::time, usual.receive()),
                given.value("idle-timeout", SettingsReader::time, usual.idle()));
    }

    private Serving.Limits requests() {
        Serving.Limits usual = Serving.Limits.DEFAULT;
        return new Serving.Limits(
                (int) number("max-stops", usual.stops(), 1, 1 << 16),
                (int) number("max-stop-length", usual.stopCharacters(), 1, 1 << 20),
                (int) number("max-biases", usual.biases(), 0, 1 << 20),
                (int) number("max-choices", usual.choices(), 1, 1 << 12),
                (int) number("max-messages", usual.messages(), 1, 1 << 24),
                (int) number("max-tools", usual.tools(), 1, 1 << 12),
                (int) number("max-schema", usual.schemaCharacters(), 1, 1 << 24),
                size("max-unread", usual.unreadBytes(), Long.MAX_VALUE));
    }

    private Engines engines() {
        Engines usual = Engines.DEFAULT;
        return new Engines(
                (int) number("context", usual.context(), 0, Integer.MAX_VALUE),
                (int) number("threads", usual.threads(), 0, MOST_THREADS),
                given.value("kv", SettingsReader::cacheType, usual.cache()),
                size("kv-memory", usual.cacheBytes(), Long.MAX_VALUE),
                number("queue-tokens", usual.queuedTokens(), 1, Long.MAX_VALUE),
                size("memory", usual.memory(), Long.MAX_VALUE),
                given.value("keep-alive", SettingsReader::duration, usual.keepAlive()));
    }

    /** Files are known by their names without folder and ending. */
    private Map<String, String> models() {
        Map<String, String> models = new LinkedHashMap<>();
        for (String text : given.value("models", SettingsReader::texts, Set.<String>of())) {
            int equals = text.indexOf('=');
            String source = text.substring(equals + 1);
            String name = equals > 0 ? text.substring(0, equals) : nameOf(source);
            if (models.putIfAbsent(name, source) != null) {
                given.complain("models: two are called " + name + "; NAME=MODEL gives one another name");
            }
        }
        if (models.isEmpty()) {
            given.complain("there is no model to serve: name at least one, such as smollm2");
        }
        return models;
    }

    private static String nameOf(String source) {
        return source.endsWith(".gguf") && !source.contains(":")
                ? source.substring(source.replace('\\', '/').lastIndexOf('/') + 1, source.length() - ".gguf".length())
                : source;
    }

    private long number(String name, long usual, long least, long most) {
        return given.value(name, value -> Setting.number(value, least, most), usual);
    }

    private long size(String name, long usual, long most) {
        return given.value(
                name,
                value -> {
                    double bytes = Setting.quantity(value, SettingsReader::sizeUnit, "20M or 4GiB");
                    if (bytes < 1 || bytes > most) {
                        throw new IllegalArgumentException(
                                "must be 1 byte to " + most + " but is " + Setting.text(value));
                    }
                    return (long) bytes;
                },
                usual);
    }

    private static double sizeUnit(String unit) {
        return switch (unit) {
            case "", "b" -> 1;
            case "k", "kb", "kib" -> 1 << 10;
            case "m", "mb", "mib" -> 1 << 20;
            case "g", "gb", "gib" -> 1 << 30;
            default -> throw new IllegalArgumentException(unit);
        };
    }

    private static Duration duration(JsonNode value) {
        return Duration.ofMillis(Math.round(Setting.quantity(value, SettingsReader::timeUnit, "30s or 5m")));
    }

    /** One that is no instant. */
    private static Duration time(JsonNode value) {
        Duration time = duration(value);
        if (time.isZero()) {
            throw new IllegalArgumentException("must be more than no time but is " + Setting.text(value));
        }
        return time;
    }

    private static double timeUnit(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "", "s" -> 1000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> throw new IllegalArgumentException(unit);
        };
    }

    private static CacheType cacheType(JsonNode value) {
        String text = Setting.text(value);
        return Arrays.stream(CacheType.values())
                .filter(type -> type.text().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be f16 or q8 but is " + text));
    }

    private static Path path(JsonNode value) {
        return Path.of(Setting.text(value)); // InvalidPathException is an IllegalArgumentException
    }

    private static Set<String> texts(JsonNode value) {
        return value.isArray()
                ? value.valueStream().map(Setting::text).collect(Collectors.toCollection(LinkedHashSet::new))
                : Set.of(Setting.text(value));
    }

    private static Map<String, String> pairs(JsonNode value) {
        Map<String, String> pairs = new LinkedHashMap<>();
        if (value.isObject()) {
            value.properties().forEach(entry -> pairs.put(entry.getKey(), Setting.text(entry.getValue())));
            return pairs;
        }
        for (String text : new ArrayList<>(texts(value))) {
            int equals = text.indexOf('=');
            if (equals < 1 || equals == text.length() - 1) {
                throw new IllegalArgumentException("must be like NAME=VALUE but is " + text);
            }
            pairs.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return pairs;
    }
}
