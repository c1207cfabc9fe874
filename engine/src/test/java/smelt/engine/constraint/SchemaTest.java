package smelt.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.engine.constraint.Grammar.JsonSchema;
import tools.jackson.databind.JsonNode;

/** Guards engine/constraint: what fits the constraint of a schema is valid under the schema, as others read it. */
class SchemaTest {
    private static final byte[][] TEXTS = TinyVocabulary.texts();

    private static Constraint compile(JsonNode schema) {
        return TinyVocabulary.compile(new JsonSchema(schema));
    }

    @Test
    void whatIsWalkedIsValid() {
        Schemas.ordinary().forEach((name, schema) -> {
            Constraint constraint = compile(schema);
            var random = new Random(5);
            int ended = 0;
            for (int round = 0; round < 40; round++) {
                String text = TinyVocabulary.walk(constraint, TEXTS, random, 1 + random.nextInt(40))
                        .orElse("");
                ended += text.isEmpty() ? 0 : 1;
                assertThat(text.isEmpty() ? "" : Schemas.wrong(schema, text))
                        .as("%s: %s gave %s", name, schema, text)
                        .isEmpty();
            }
            assertThat(ended).as("%s", schema).isGreaterThan(20);
        });
    }

    @Test
    void whatRandomSchemasGiveIsValid() {
        int compiled = 0;
        int walked = 0;
        for (int seed = 0; seed < 1500; seed++) {
            var random = new Random(seed);
            JsonNode schema = Schemas.random(random, 3);
            Constraint constraint;
            try {
                constraint = compile(schema);
            } catch (Failure e) {
                assertThat(e.what()).as("%d: %s", seed, schema).containsAnyOf("No text fits", "pattern");
                continue;
            }
            compiled++;
            for (int round = 0; round < 3; round++) {
                String text = TinyVocabulary.walk(constraint, TEXTS, random, 1 + random.nextInt(30))
                        .orElse("");
                if (!text.isEmpty()) {
                    walked++;
                    assertThat(Schemas.wrong(schema, text))
                            .as("seed %d: %s gave %s", seed, schema, text)
                            .isEmpty();
                }
            }
        }
        assertThat(compiled).isGreaterThan(1_000);
        assertThat(walked).isGreaterThan(3_000);
    }

    @Test
    void validTextsFit() {
        fits(
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{}},'required':['b']}",
                true,
                "{'a':1,'b':[]}",
                "{'a': 1, 'b': {}}",
                "{'b':null}",
                "{'b':1,'c':2}");
        fits(
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{}},'required':['b']}",
                false,
                "{'a':1}",
                "{'b':1,'a':1}",
                "{'a':'x','b':1}",
                "{'b':1,'b':1}",
                "{}",
                "[]",
                "{'b':1,}");
        fits(
                "{'type':'string','minLength':2,'maxLength':3}",
                true,
                "'ab'",
                "'\\u00e9\\n'",
                "'\\ud83d\\ude00é'",
                "'日本日'");
        fits("{'type':'string','minLength':2,'maxLength':3}", false, "'a'", "'abcd'", "'\\ud83d\\ude00'", "'\\ud83d'");
        fits("{'type':'string','pattern':'b+'}", true, "'abc'", "'b'");
        fits("{'type':'string','pattern':'b+'}", false, "'ac'");
        fits("{'type':'string','pattern':'^\\\\d+$'}", true, "'123'");
        fits("{'type':'integer','minimum':-12,'maximum':105}", true, "-12", "-9", "0", "7", "99", "100", "105");
        fits(
                "{'type':'integer','minimum':-12,'maximum':105}",
                false,
                "-13",
                "106",
                "1000",
                "-100",
                "1.5",
                "007",
                "1e1");
        fits(
                "{'type':'number','exclusiveMinimum':1.25,'maximum':31}",
                true,
                "1.26",
                "1.250001",
                "2",
                "30.999",
                "31",
                "31.0");
        fits(
                "{'type':'number','exclusiveMinimum':1.25,'maximum':31}",
                false,
                "1.25",
                "1.2500",
                "1",
                "31.01",
                "32",
                "-2");
        fits("{'anyOf':[{'type':'string'},{'$ref':'#/anyOf/0'},{'items':{'$ref':'#'}}]}", true, "'x'", "[[],['y']]");
    }

    private static void fits(String schema, boolean expected, String... texts) {
        Constraint constraint = compile(Schemas.parse(schema));
        for (String text : texts) {
            assertThat(TinyVocabulary.fits(constraint, text.replace('\'', '"')))
                    .as("%s: %s", schema, text)
                    .isEqualTo(expected);
        }
    }

    @Test
    void formatsThatNoDraftKnowsSayNothingOfTheText() {
        fits("{'type':'string','format':'markdown','maxLength':3}", true, "'x'", "''");
        fits("{'type':'string','format':'path','maxLength':3}", false, "'long'", "3");
        fits("{'type':'number','format':'decimal'}", true, "3");
        fits("{'allOf':[{'format':'x'},{'format':'y'},{'format':'ipv4'}],'type':'string'}", true, "'1.2.3.4'");
    }

    @Test
    void longUrisAreWithinTheirLength() {
        String schema = "{'type':'string','format':'uri','minLength':1,'maxLength':500}";
        fits(schema, true, "'https://example.org/" + "a/b".repeat(14) + "?q=1&r#s'");
        fits(schema, false, "'https://example.org/" + "a/b".repeat(160) + "'", "''");
    }

    @Test
    void whatIsNotUnderstoodIsRefusedByPointerAndKeyword() {
        for (List<String> one : List.of(
                List.of("{'not':{'type':'string'}}", "not", "the root"),
                List.of("{'properties':{'a/b':{'multipleOf':3}}}", "multipleOf", "/properties/a~1b"),
                List.of("{'items':{'type':'array','uniqueItems':true}}", "uniqueItems", "/items"),
                List.of("{'oneOf':[{'type':'integer'},{'type':'number'}]}", "oneOf", "the root"),
                List.of("{'oneOf':[{'required':['a']},{'required':['b']}]}", "oneOf", "the root"),
                List.of("{'oneOf':[{'properties':{'a':{}}},{'type':'string'}]}", "oneOf", "the root"),
                List.of("{'properties':{'a':{'type':'string','format':'regex'}}}", "format", "/properties/a"),
                List.of("{'format':'uri-reference'}", "format", "the root"),
                List.of("{'$ref':'https://example.org/x'}", "$ref", "the root"),
                List.of("{'$ref':'#/nowhere'}", "$ref", "nothing"),
                List.of("{'$ref':'#'}", "$ref", "itself"),
                List.of("{'allOf':[{'pattern':'a'},{'pattern':'b'}]}", "pattern", "/allOf/"),
                List.of("{'type':'string','pattern':'(?=a)'}", "pattern", "character"),
                List.of("{'type':'text'}", "type", "no type"),
                List.of("{'anyOf':[]}", "anyOf", "empty"),
                List.of("{'properties':[]}", "properties", "the root"),
                List.of("{'properties':{'a':3}}", "/properties/a", "no schema"),
                List.of("{'maxLength':-1}", "maxLength", "the root"),
                List.of("{'minimum':'1'}", "minimum", "the root"),
                List.of("{'if':{},'then':{}}", "if", "the root"),
                List.of("{'unevaluatedProperties':false}", "unevaluatedProperties", "the root"),
                List.of("{'patternProperties':{'a':{}}}", "patternProperties", "the root"),
                List.of("{'properties':{'a':{}},'maxProperties':1}", "maxProperties", "the root"))) {
            assertThatThrownBy(() -> compile(Schemas.parse(one.getFirst())))
                    .as(one.getFirst())
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(one.get(1))
                    .hasMessageContaining(one.get(2));
        }
    }

    @Test
    void whatNothingSatisfiesIsRefused() {
        for (String schema : List.of(
                "false",
                "{'type':'string','minLength':3,'maxLength':2}",
                "{'allOf':[{'type':'string'},{'type':'integer'}]}",
                "{'type':'object','properties':{'a':false},'required':['a']}",
                "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']}",
                "{'type':'integer','minimum':3,'exclusiveMaximum':3}",
                "{'enum':['a'],'type':'integer'}",
                "{'type':'string','pattern':'^a{5}$','minLength':6}")) {
            assertThatThrownBy(() -> compile(Schemas.parse(schema)))
                    .as(schema)
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("No text fits");
        }
    }

    @Test
    void theOrderOfMembersIsPartOfASchema() {
        var one = new JsonSchema(Schemas.parse("{'properties':{'a':{},'b':{}}}"));
        var other = new JsonSchema(Schemas.parse("{'properties':{'b':{},'a':{}}}"));
        assertThat(one).isNotEqualTo(other);
        assertThat(one).isEqualTo(new JsonSchema(Schemas.parse("{'properties':{'a':{},'b':{}}}")));
    }
}
