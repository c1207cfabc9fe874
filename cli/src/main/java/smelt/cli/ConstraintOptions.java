package smelt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import smelt.engine.LoadedModel;
import smelt.engine.constraint.Constraint;
import smelt.engine.constraint.Grammar;
import smelt.server.answers.ClosedSchema;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/** What answers must look like, to the last character. */
@Command
final class ConstraintOptions {
    @Option(
            names = "--json-schema",
            paramLabel = "FILE|JSON",
            description = "The answer is JSON that is valid under this schema, without members that it does not name; "
                    + "{} for any.")
    @Nullable
    String jsonSchema;

    @Option(names = "--regex", paramLabel = "PATTERN", description = "The whole answer matches this pattern.")
    @Nullable
    String regex;

    @Option(
            names = "--grammar",
            paramLabel = "FILE",
            description = "The answer follows this grammar in llama.cpp's format (GBNF).")
    @Nullable
    Path grammar;

    private @Nullable Grammar wanted;

    /** @throws ParameterException for what cannot be read, or for several: told before anything is loaded */
    void check(CommandLine line) {
        if (Stream.of(jsonSchema == null, regex == null, grammar == null)
                        .filter(absent -> !absent)
                        .count()
                > 1) {
            throw new ParameterException(line, "Only one of --json-schema, --regex and --grammar can be given");
        }
        try {
            wanted = read();
        } catch (IOException e) {
            throw new ParameterException(line, "Cannot read " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new ParameterException(line, "--json-schema is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private @Nullable Grammar read() throws IOException {
        String schema = jsonSchema;
        String pattern = regex;
        Path file = grammar;
        if (schema != null) {
            boolean inline = schema.strip().startsWith("{");
            String text = inline ? schema : Files.readString(Path.of(schema));
            return new Grammar.JsonSchema(ClosedSchema.of(new ObjectMapper().readTree(text)));
        }
        if (pattern != null) {
            return new Grammar.Regex(pattern);
        }
        return file == null ? null : new Grammar.Gbnf(Files.readString(file));
    }

    /** Null where the answer is free. */
    @Nullable
    Constraint of(LoadedModel model) {
        Grammar grammarOfAnswer = wanted;
        return grammarOfAnswer == null ? null : model.constraint(grammarOfAnswer);
    }
}
