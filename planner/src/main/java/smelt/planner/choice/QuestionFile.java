package smelt.planner.choice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Reason;
import smelt.planner.catalogue.NearestNames;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A question as a YAML map; its names are those of {@link PlanSetting#ALL}. */
public final class QuestionFile {
    private static final long MOST_BYTES = 1 << 20;
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private QuestionFile() {}

    /** @throws Failure NOT_FOUND, UNAVAILABLE, MALFORMED, or INVALID_ARGUMENT for names that mean nothing */
    public static Map<String, List<String>> read(Path file) {
        if (!(tree(file) instanceof ObjectNode settings)) {
            throw Failure.of(FailureCode.MALFORMED, file + " is no map of settings")
                    .withNextStep("write lines such as: model: llama-3.1-70b");
        }
        List<String> known = PlanSetting.ALL.stream().map(PlanSetting::name).toList();
        List<String> unknown = new ArrayList<>();
        Map<String, List<String>> said = new LinkedHashMap<>();
        settings.properties().forEach(entry -> {
            String name = entry.getKey();
            if (!known.contains(name)) {
                List<String> near = NearestNames.to(name, known, 1);
                unknown.add(name + (near.isEmpty() ? "" : " (did you mean " + near.getFirst() + "?)"));
            } else if (!entry.getValue().isNull()) {
                said.put(name, texts(file, name, entry.getValue()));
            }
        });
        if (!unknown.isEmpty()) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT, file + ": there is no setting named " + String.join(", ", unknown));
        }
        return said;
    }

    private static List<String> texts(Path file, String name, JsonNode value) {
        List<String> texts = new ArrayList<>();
        for (JsonNode one : value.isArray() ? value.values() : List.of(value)) {
            if (one.isContainer()) {
                throw Failure.of(FailureCode.MALFORMED, file + ": " + name + " must be one value, or a list of them");
            }
            texts.add(one.asString(""));
        }
        return texts;
    }

    private static JsonNode tree(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw Failure.of(FailureCode.LIMIT_EXCEEDED, file + " is longer than " + MOST_BYTES + " bytes");
            }
            return YAML.readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw Failure.of(FailureCode.NOT_FOUND, "The file of settings is not there: " + file)
                    .withCause(e);
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "Cannot read " + file + ": " + Reason.of(e))
                    .withCause(e);
        } catch (JacksonException e) {
            throw Failure.of(FailureCode.MALFORMED, file + " is not valid YAML: " + e.getOriginalMessage())
                    .withCause(e);
        }
    }
}
