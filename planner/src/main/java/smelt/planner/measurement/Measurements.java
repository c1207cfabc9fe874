package smelt.planner.measurement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.JsonFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads files of results, whichever program wrote them. */
public final class Measurements {
    /** GuideLLM's hold every request. */
    private static final long MOST_BYTES = 64L << 20;

    private static final JsonMapper MAPPER = JsonFile.ofPython(4 << 20);

    private Measurements() {}

    /**
     * @param given what the user says of it
     * @return at least one
     * @throws Failure NOT_FOUND, LIMIT_EXCEEDED, UNSUPPORTED where no program is known to write such a file, MALFORMED
     *     where a figure is missing or impossible, or requests failed
     */
    public static List<Measurement> read(Path file, Given given) {
        try {
            if (!Files.isRegularFile(file)) {
                throw Failure.of(FailureCode.NOT_FOUND, "There is no file " + file);
            }
            if (Files.size(file) > MOST_BYTES) {
                throw Failure.of(
                                FailureCode.LIMIT_EXCEEDED,
                                file + " has " + Files.size(file) + " bytes, more than " + MOST_BYTES)
                        .withNextStep("write a result without its single requests");
            }
            return parse(Files.readAllBytes(file), file.getFileName().toString(), given);
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, file + " cannot be read: " + e.getMessage())
                    .withCause(e);
        }
    }

    private static List<Measurement> parse(byte[] bytes, String name, Given given) {
        String begin = new String(bytes, 0, Math.min(bytes.length, 4096), StandardCharsets.UTF_8).stripLeading();
        if (begin.contains("MLPerf Results Summary")) {
            return LoadGenSummary.read(new String(bytes, StandardCharsets.UTF_8), name, given);
        }
        if (!begin.startsWith("{") && !begin.startsWith("[")) {
            throw unknown(name);
        }
        try {
            return read(new Fields(MAPPER.readTree(bytes), name, given));
        } catch (JacksonException e) {
            throw Failure.of(FailureCode.MALFORMED, name + " is no valid JSON: " + e.getOriginalMessage())
                    .withCause(e);
        }
    }

    private static List<Measurement> read(Fields fields) {
        JsonNode json = fields.json();
        if (json.isArray()) {
            return LlamaBench.read(fields);
        }
        if (fields.has("mean_ttft_ms") && fields.has("output_throughput")) {
            return List.of(BenchServe.read(fields));
        }
        if (json.path("benchmarks").isArray()) {
            return GuideLlm.read(fields);
        }
        if (json.path("time_to_first_token").isObject()) {
            return List.of(AiPerf.read(fields));
        }
        if (fields.has("decode_tokens_per_second") && json.path("runs").isArray()) {
            return SmeltBench.read(fields);
        }
        throw unknown(fields.source());
    }

    private static Failure unknown(String name) {
        return Failure.of(FailureCode.UNSUPPORTED, name + " is no result of a program known here")
                .withNextStep(
                        "take the JSON of smelt bench, vllm or sglang bench serve, GuideLLM, AIPerf, GenAI-Perf or"
                                + " llama-bench, or the summary of LoadGen");
    }
}
