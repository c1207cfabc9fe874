package smelt.formats.safetensors;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/** JSON of files nobody vouches for: read as a stream, under limits, with failures that say where. */
final class Json {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_NAME = 1 << 16;
    private static final int MAX_TEXT = 1 << 20;
    private static final int MAX_NUMBER = 100;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME)
                    .maxStringLength(MAX_TEXT)
                    .maxNumberLength(MAX_NUMBER)
                    .build())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            // Python writes NaN and Infinity.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            // Names of hostile files would fill the table that all files share.
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();

    private Json() {}

    /** What is made of a parser that stands before the first token. */
    interface Reading<T> {
        T read(JsonParser parser);
    }

    /** Reads all of {@code bytes}, one value. */
    static <T> T read(byte[] bytes, Reading<T> reading) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            T result = reading.read(parser);
            if (parser.nextToken() != null) {
                throw malformed(parser, "There is something after the end of the JSON value");
            }
            return result;
        } catch (JacksonException e) {
            throw Failure.of(
                            FailureCode.MALFORMED,
                            "Not valid JSON at " + place(e.getLocation()) + ": " + e.getOriginalMessage())
                    .withCause(e);
        }
    }

    /** Where {@code location} is: in bytes where the parser counts them, else in characters. */
    private static String place(@Nullable TokenStreamLocation location) {
        if (location == null || Math.max(location.getByteOffset(), location.getCharOffset()) < 0) {
            return "an unknown place";
        }
        return location.getByteOffset() >= 0
                ? "byte " + location.getByteOffset()
                : "character " + location.getCharOffset();
    }

    /** As {@link #read(byte[], Reading)}, of a file of at most {@code maxBytes}; failures name it. */
    static <T> T read(Path path, long maxBytes, Reading<T> reading) {
        try {
            if (Files.size(path) > maxBytes) {
                throw Failure.of(
                        FailureCode.LIMIT_EXCEEDED, "The file has " + Files.size(path) + " bytes, at most " + maxBytes);
            }
            return read(Files.readAllBytes(path), reading);
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, path + " cannot be read: " + e.getMessage())
                    .withCause(e);
        } catch (Failure e) {
            throw e.in(path.toString());
        }
    }

    static JsonGenerator generator(Writer to) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), to);
    }

    /** Moves on to the next token, which must be {@code wanted}. */
    static void expect(JsonParser parser, JsonToken wanted, String what) {
        if (parser.nextToken() != wanted) {
            throw malformed(parser, what);
        }
    }

    static Failure malformed(JsonParser parser, String what) {
        return Failure.of(FailureCode.MALFORMED, what + " at " + place(parser.currentTokenLocation()));
    }
}
