package smelt.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Reason;
import smelt.store.Nearest;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The settings that were given, where each came from, and what is wrong with them. */
public final class Given {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** @param origin for people: an option, or a file and a name in it */
    private record Value(JsonNode node, String origin) {}

    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * Takes all of a file, a YAML map of settings.
     *
     * @throws Failure NOT_FOUND, UNAVAILABLE or MALFORMED where it is none
     */
    public Given file(Path file) {
        if (!(tree(file) instanceof ObjectNode settings)) {
            throw Failure.of(FailureCode.MALFORMED, file + " is no map of settings")
                    .withNextStep("write lines such as: port: 8080");
        }
        List<String> known = SettingsReader.ALL.stream().map(Setting::name).toList();
        settings.properties().forEach(entry -> {
            String name = entry.getKey();
            if (!known.contains(name)) {
                List<String> near = Nearest.of(name, known, 1);
                complain(file + ": there is no setting named " + name
                        + (near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?"));
            } else if (!entry.getValue().isNull()) {
                values.put(name, new Value(entry.getValue(), file + ": " + name));
            }
        });
        return this;
    }

    private static JsonNode tree(Path file) {
        try {
            return YAML.readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw Failure.of(FailureCode.NOT_FOUND, "The file of settings is not there: " + file)
                    .withCause(e);
        } catch (IOException e) {
            throw Failure.of(
                            FailureCode.UNAVAILABLE,
                            "The file of settings cannot be read: " + file + ": " + Reason.of(e))
                    .withCause(e);
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            throw Failure.of(
                            FailureCode.MALFORMED,
                            file + (at == null ? "" : ", line " + at.getLineNr()) + " is not valid YAML: "
                                    + e.getOriginalMessage())
                    .withCause(e);
        }
    }

    /** Takes an option, which wins over the file. */
    public Given option(Setting setting, List<String> texts) {
        JsonNode node;
        if (setting.kind().isMany()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            texts.forEach(array::add);
            node = array;
        } else {
            node = JsonNodeFactory.instance.stringNode(texts.getLast());
        }
        values.put(setting.name(), new Value(node, setting.option()));
        return this;
    }

    /** What was given, else {@code usual}; a problem is kept for {@link #refuse}. */
    <T> T value(String name, Function<JsonNode, T> parser, T usual) {
        Value value = values.get(name);
        if (value == null) {
            return usual;
        }
        try {
            return parser.apply(value.node);
        } catch (IllegalArgumentException e) {
            complain(value.origin + " " + e.getMessage());
        } catch (Failure e) {
            complain(value.origin + ": " + text(e));
        }
        return usual;
    }

    void complain(Failure failure) {
        complain(text(failure));
    }

    private static String text(Failure failure) {
        return failure.what() + (failure.nextStep() == null ? "" : " (" + failure.nextStep() + ")");
    }

    void complain(String problem) {
        problems.add(problem);
    }

    /** @throws Failure INVALID_ARGUMENT with all problems, where there are any */
    void refuse() {
        if (!problems.isEmpty()) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    problems.size() == 1
                            ? problems.getFirst()
                            : "The settings have " + problems.size() + " problems:\n  - "
                                    + String.join("\n  - ", problems));
        }
    }
}
