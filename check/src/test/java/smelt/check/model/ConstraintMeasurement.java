package smelt.check.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import smelt.engine.constraint.Constraint;
import smelt.engine.constraint.Constraints;
import smelt.engine.constraint.Cursor;
import smelt.engine.constraint.Grammar;
import smelt.engine.sampling.TokenSet;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.tokenizer.Tokenizer;
import smelt.tokenizer.Tokenizers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * How long constraints of a hundred schemas take to compile, and how long the tokens that may come take to find, for
 * the vocabulary of a model: {@code ConstraintMeasurement model.gguf}; with {@code texts} behind it tells what was
 * generated.
 */
final class ConstraintMeasurement {
    private static final int WARM_UP = 40;
    private static final int MOST_TOKENS = 300;

    private static final List<String> SCALARS = List.of(
            "{'type':'string'}",
            "{'type':'integer'}",
            "{'type':'number','minimum':0,'maximum':100}",
            "{'type':'boolean'}",
            "{'type':'string','maxLength':80}",
            "{'type':'string','format':'date-time'}",
            "{'type':'string','enum':['low','medium','high','critical']}",
            "{'type':'string','pattern':'^[A-Z]{3}-[0-9]{4,8}$'}",
            "{'type':'string','format':'email'}",
            "{'type':['string','null']}",
            "{'type':'integer','minimum':1,'maximum':5000}",
            "{'type':'string','minLength':1,'maxLength':2000}");

    /** Tells of the work alone what a machine with other users makes of it. */
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Random random = new Random(7);
    private final Tokenizer tokenizer;
    private final Constraints constraints;
    private final boolean tellsTexts;
    private final List<Long> compiles = new ArrayList<>();
    private final List<Long> masks = new ArrayList<>();
    private final List<Long> maskWork = new ArrayList<>();

    private ConstraintMeasurement(Tokenizer tokenizer, boolean tellsTexts) {
        this.tokenizer = tokenizer;
        this.tellsTexts = tellsTexts;
        constraints = Constraints.of(tokenizer);
    }

    public static void main(String[] arguments) throws IOException {
        try (ModelFile file = ModelFiles.open(Path.of(arguments[0]))) {
            var measurement = new ConstraintMeasurement(Tokenizers.fromGguf(file.metadata()), arguments.length > 1);
            for (int i = 0; i < WARM_UP; i++) {
                measurement.measure(measurement.schema(1));
            }
            measurement.compiles.clear();
            measurement.masks.clear();
            measurement.maskWork.clear();
            for (int i = 0; i < 100; i++) {
                measurement.measure(measurement.schema(i % 3));
            }
            tell("compile", measurement.compiles);
            tell("tokens that may come", measurement.masks);
            tell("the same, in processor time", measurement.maskWork);
        }
    }

    private static void tell(String what, List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                "%s: %d times, mean %.1f us, p50 %.1f us, p99 %.1f us, largest %.1f us%n",
                what,
                sorted.length,
                Arrays.stream(sorted).average().orElse(0) / 1e3,
                sorted[sorted.length / 2] / 1e3,
                sorted[sorted.length * 99 / 100] / 1e3,
                sorted[sorted.length - 1] / 1e3);
    }

    /** An object of a few members, some of which are objects and arrays themselves. */
    private JsonNode schema(int depth) {
        return new ObjectMapper().readTree(object(depth).replace('\'', '"'));
    }

    private String object(int depth) {
        var text = new StringBuilder("{'type':'object','properties':{");
        var required = new StringBuilder();
        int members = 3 + random.nextInt(8);
        for (int i = 0; i < members; i++) {
            String name = "'"
                    + List.of("id", "name", "status", "items", "createdAt", "unitPrice")
                            .get(i % 6) + i + "'";
            text.append(i == 0 ? "" : ",").append(name).append(':').append(value(depth));
            if (random.nextInt(3) > 0) {
                required.append(required.isEmpty() ? "" : ",").append(name);
            }
        }
        boolean open = random.nextInt(4) == 0;
        return text + "},'required':[" + required + "],'additionalProperties':" + open + "}";
    }

    private String value(int depth) {
        return switch (depth == 0 ? 0 : random.nextInt(4)) {
            case 1 -> object(depth - 1);
            case 2 -> "{'type':'array','minItems':1,'maxItems':20,'items':" + value(depth - 1) + "}";
            default -> SCALARS.get(random.nextInt(SCALARS.size()));
        };
    }

    private void measure(JsonNode schema) {
        long begin = System.nanoTime();
        Constraint constraint = constraints.compile(new Grammar.JsonSchema(schema));
        compiles.add(System.nanoTime() - begin);
        var set = new TokenSet(constraint.vocabularySize());
        var text = new ByteArrayOutputStream();
        Cursor at = constraint.start();
        for (int i = 0; i < MOST_TOKENS && !at.mustEnd(); i++) {
            long workBegin = THREADS.getCurrentThreadCpuTime();
            begin = System.nanoTime();
            constraint.allow(at, set);
            masks.add(System.nanoTime() - begin);
            maskWork.add(THREADS.getCurrentThreadCpuTime() - workBegin);
            int token = choose(set);
            text.writeBytes(tokenizer.bytes(token, false));
            at = constraint.advance(at, token);
        }
        if (tellsTexts) {
            System.out.println(schema + "\n  " + text.toString(StandardCharsets.UTF_8));
        }
    }

    /** Strings of some tokens, and no endless ones. */
    private int choose(TokenSet set) {
        for (String end : List.of("\"", "\"}", "}", "]")) {
            int token = tokenizer.idOf(end).orElse(-1);
            if (token >= 0 && set.contains(token) && random.nextInt(6) == 0) {
                return token;
            }
        }
        int token = random.nextInt(set.vocabulary());
        while (!set.contains(token)) {
            token = (token + 1) % set.vocabulary();
        }
        return token;
    }
}
