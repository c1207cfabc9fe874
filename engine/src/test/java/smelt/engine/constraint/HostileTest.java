package smelt.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.engine.constraint.Grammar.AnyJson;
import smelt.engine.constraint.Grammar.JsonSchema;
import smelt.engine.sampling.TokenSet;
import tools.jackson.databind.JsonNode;

/** Guards engine/constraint: whatever a schema is made to do, it ends in a failure or works, in bounded time. */
class HostileTest {
    private static final byte[][] TEXTS = TinyVocabulary.texts();

    private static String each(int count, String format, String between) {
        return IntStream.range(0, count)
                .mapToObj(i -> format.replace("#n", "#/$defs/n" + (i + 1)).replace("$", Integer.toString(i)))
                .collect(Collectors.joining(between));
    }

    private static List<String> schemas() {
        String deep = "{'items':".repeat(400) + "{}" + "}".repeat(400);
        return List.of(
                "{'enum':[" + each(20_000, "'value number $'", ",") + "]}",
                "{'enum':[" + each(5_000, "['$']", ",") + "]}",
                "{'type':'object','properties':{" + each(3_000, "'p$':{'type':'string'}", ",") + "}}",
                "{'type':'object','properties':{" + each(3_000, "'p$':{'type':'string'}", ",")
                        + "},'additionalProperties':false}",
                "{'type':'array','maxItems':1000,'items':{'type':'array','maxItems':1000,'items':"
                        + "{'type':'string','maxLength':2000}}}",
                "{'type':'string','minLength':100000,'maxLength':10000000}",
                "{'type':'string','pattern':'^(([a-z]{0,1000}){0,1000}){0,1000}$'}",
                "{'type':'string','pattern':'^[a-z]*x[a-z]{900}$','maxLength':2000}",
                "{'type':'string','pattern':'(a|aa|aaa)*b','maxLength':1000,'minLength':500}",
                "{'type':'string','pattern':'" + "(".repeat(5000) + "'}",
                "{'$defs':{" + "'n30':{'type':'null'}," + eachChain() + "},'$ref':'#/$defs/n0'}",
                "{'allOf':[" + each(40, "{'anyOf':[{'minLength':$},{'maxLength':1$}]}", ",") + "]}",
                "{'allOf':[" + each(40, "{'anyOf':[{},{}]}", ",") + ",false]}",
                "{'anyOf':[" + each(3_000, "{'type':'array','prefixItems':[{'const':$}]}", ",") + "]}",
                "{'oneOf':[" + each(300, "{'type':'integer','minimum':$}", ",") + "]}",
                "{'$defs':{'a':{'anyOf':[{'$ref':'#/$defs/a'},{'type':'null'}]}},'$ref':'#/$defs/a'}",
                "{'$defs':{'a':{'allOf':[{'$ref':'#/$defs/b'}]},'b':{'allOf':[{'$ref':'#/$defs/a'}]}},"
                        + "'$ref':'#/$defs/a'}",
                "{'type':'integer','minimum':1e400}",
                "{'type':'number','minimum':1e-400}",
                "{'type':'integer','minimum':-99999999999999999999999999,'maximum':99999999999999999999999999}",
                "{'minItems':1e300}",
                "{'type':'array','minItems':16000000,'items':{'type':'null'}}",
                deep,
                "{'type':'object','required':[" + each(2_000, "'r$'", ",") + "]}");
    }

    /** Each means the next one twice. */
    private static String eachChain() {
        return each(30, "'n$':{'type':'array','prefixItems':[{'$ref':'#n'},{'$ref':'#n'}]}", ",")
                .replaceAll("'[0-9]+ref'", "'\\$ref'")
                .replaceAll("#/[0-9]+defs", "#/\\$defs");
    }

    @Test
    void schemasEndInAFailureOrWork() {
        for (String text : schemas()) {
            JsonNode schema = Schemas.parse(text);
            String name = text.substring(0, Math.min(100, text.length()));
            long begin = System.nanoTime();
            try {
                Constraint constraint = TinyVocabulary.compile(new JsonSchema(schema));
                assertThat(System.nanoTime() - begin).as(name).isLessThan(4_000_000_000L);
                walk(constraint);
            } catch (Failure e) {
                assertThat(e.what()).as(name).isNotEmpty();
            }
            assertThat(System.nanoTime() - begin).as(name).isLessThan(8_000_000_000L);
        }
    }

    private static void walk(Constraint constraint) {
        var set = new TokenSet(TEXTS.length);
        var random = new Random(3);
        Cursor at = constraint.start();
        for (int step = 0; step < 200 && !at.mustEnd(); step++) {
            constraint.allow(at, set);
            int token = random.nextInt(TEXTS.length);
            while (!set.contains(token)) {
                token = (token + 1) % TEXTS.length;
            }
            at = constraint.advance(at, token);
        }
    }

    @Test
    void textThatNestsWithoutEndIsEndedByAFailure() {
        Constraint constraint = TinyVocabulary.compile(new AnyJson(JsonKind.VALUE));
        Cursor at = constraint.start();
        int depth = 0;
        try {
            for (; depth < 100_000; depth++) {
                at = constraint.advance(at, '[');
            }
        } catch (Failure e) {
            assertThat(e.what()).contains("nests");
        }
        assertThat(depth).isBetween(500, 10_000);
    }
}
