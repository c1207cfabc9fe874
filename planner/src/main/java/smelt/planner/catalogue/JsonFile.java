package smelt.planner.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import smelt.base.Failure;
import smelt.base.FailureCode;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON of files nobody vouches for, read under limits. */
public final class JsonFile {
    private static final long MAX_BYTES = 4 << 20;

    private static final JsonMapper MAPPER = ofPython(1 << 20);

    private JsonFile() {}

    /** What reads JSON whose nesting and whose strings, in characters, have limits. */
    public static JsonFactoryBuilder limited(int nesting, int longestString) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(nesting)
                        .maxNumberLength(100)
                        .maxStringLength(longestString)
                        .build());
    }

    /** Reads what Python writes, which has NaN and Infinity, under limits. */
    public static JsonMapper ofPython(int longestString) {
        return JsonMapper.builder(limited(32, longestString)
                        .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                        .build())
                .build();
    }

    /**
     * The object that a file holds.
     *
     * @throws Failure NOT_FOUND, LIMIT_EXCEEDED, UNAVAILABLE or MALFORMED, naming the file
     */
    public static JsonNode read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw Failure.of(FailureCode.NOT_FOUND, "There is no such file");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw Failure.of(
                        FailureCode.LIMIT_EXCEEDED,
                        "The file has " + Files.size(file) + " bytes, at most " + MAX_BYTES);
            }
            JsonNode tree = MAPPER.readTree(Files.readAllBytes(file));
            if (!tree.isObject()) {
                throw Failure.of(FailureCode.MALFORMED, "The file must hold a JSON object");
            }
            return tree;
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, file + " cannot be read: " + e.getMessage())
                    .withCause(e);
        } catch (JacksonException e) {
            throw Failure.of(FailureCode.MALFORMED, file + ": Not valid JSON: " + e.getOriginalMessage())
                    .withCause(e);
        } catch (Failure e) {
            throw e.in(file.toString());
        }
    }

    /** A data file that comes with the planner. */
    public static JsonNode resource(String name) {
        try (InputStream in = Resources.open(name)) {
            return MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
