package smelt.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.engine.constraint.Grammar.AnyJson;
import smelt.engine.constraint.Grammar.Literal;
import smelt.engine.constraint.Grammar.OneOf;
import smelt.engine.constraint.Grammar.Regex;
import smelt.engine.constraint.Grammar.Repeat;
import smelt.engine.constraint.Grammar.Sequence;
import smelt.engine.constraint.Grammar.Trigger;
import smelt.engine.constraint.Grammar.Triggered;
import smelt.engine.constraint.Grammar.Until;
import smelt.engine.sampling.TokenSet;
import tools.jackson.databind.ObjectMapper;

/** Guards engine/constraint: the tokens that are allowed are those that fit, by every way there is to them. */
class ConstraintTest {
    private static final byte[][] TEXTS = TinyVocabulary.texts();
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final List<Grammar> GRAMMARS = List.of(
            new Literal("hello <tool_call> é"),
            new Regex("(ab|a|b)*c{2,70}(x|y){0,200}"),
            new Regex("[a-z]{1,300}-[0-9]{60,}(é|日本)+"),
            new Regex("((a|b{2,3}){1,40},){2,50}"),
            new AnyJson(JsonKind.VALUE),
            new AnyJson(JsonKind.OBJECT),
            new Sequence(List.of(new Until("</think>"), new Literal("\n"), new AnyJson(JsonKind.OBJECT))),
            new OneOf(List.of(new Literal("abc"), new Literal("ab"), new Regex("a+1"), new AnyJson(JsonKind.VALUE))),
            new Repeat(new AnyJson(JsonKind.OBJECT), 1, 80),
            new Repeat(new Regex("a?b?"), 3, 100),
            schema("{'type':'string','maxLength':30}"),
            schema("{'type':'string','minLength':3,'maxLength':2000}"),
            schema("{'type':'array','items':{'type':'string','format':'email'}}"),
            schema("{'type':'string','pattern':'^[^a]{2,9}x?$','maxLength':7}"),
            new Triggered(
                    List.of(
                            new Trigger("<tool_call>", new AnyJson(JsonKind.OBJECT)),
                            new Trigger("<tool>", new Regex("[0-9]+"))),
                    2),
            new Triggered(List.of(new Trigger("abab", new Literal("!"))), UNBOUNDED));

    private static Grammar schema(String text) {
        return new Grammar.JsonSchema(new ObjectMapper().readTree(text.replace('\'', '"')));
    }

    @Test
    void masksAreWhatEveryTokenForItselfSays() {
        for (Grammar grammar : GRAMMARS) {
            Constraint constraint = TinyVocabulary.compile(grammar);
            var random = new Random(7);
            for (int round = 0; round < 6; round++) {
                compareAlong(constraint, grammar, random);
            }
        }
    }

    private static void compareAlong(Constraint constraint, Grammar grammar, Random random) {
        var set = new TokenSet(TEXTS.length);
        Cursor at = constraint.start();
        for (int step = 0; step < 150 && !at.mustEnd(); step++) {
            constraint.allow(at, set);
            for (int token = 0; token < TEXTS.length; token++) {
                assertThat(set.contains(token))
                        .as("%s: step %d, token %s", grammar, step, new String(TEXTS[token], StandardCharsets.UTF_8))
                        .isEqualTo(fits(constraint, at, token));
            }
            int token = random.nextInt(TEXTS.length);
            while (!set.contains(token)) {
                token = (token + 1) % TEXTS.length;
            }
            at = constraint.advance(at, token);
        }
    }

    private static boolean fits(Constraint constraint, Cursor at, int token) {
        try {
            constraint.advance(at, token);
            return true;
        } catch (Failure e) {
            return false;
        }
    }

    @Test
    void whateverIsWalkedIsJson() {
        Constraint constraint = TinyVocabulary.compile(new AnyJson(JsonKind.OBJECT));
        var random = new Random(1);
        var mapper = new ObjectMapper();
        for (int round = 0; round < 200; round++) {
            String text = TinyVocabulary.walk(constraint, TEXTS, random, 1 + random.nextInt(60))
                    .orElseThrow();
            assertThat(mapper.readTree(text).isObject()).as(text).isTrue();
        }
    }

    @Test
    void jsonOfAllKindsFits() {
        Constraint value = TinyVocabulary.compile(new AnyJson(JsonKind.VALUE));
        for (String text : List.of(
                "{}",
                "[]",
                "[[[]], {\"a\": {\"b\":[1, -2.5e+10,0,null,true]}}]",
                "\"\\u00e9\\ud83d\\ude00\\\\ é\"",
                "0")) {
            assertThat(TinyVocabulary.fits(value, text)).as(text).isTrue();
        }
        for (String text : List.of(
                "{", "[1,]", "01", "-", "\"\\ud83d\"", "\"\n\"", "[1,  2]", "{\"a\" :1}", "{a:1}", "nul", "", "1 ")) {
            assertThat(TinyVocabulary.fits(value, text)).as(text).isFalse();
        }
        Constraint object = TinyVocabulary.compile(new AnyJson(JsonKind.OBJECT));
        assertThat(TinyVocabulary.fits(object, "[1]")).isFalse();
        assertThat(TinyVocabulary.fits(object, "{\"a\":[1]}")).isTrue();
    }

    @Test
    void triggersAreFollowedByTheirGrammars() {
        Constraint once =
                TinyVocabulary.compile(new Triggered(List.of(new Trigger("<tool_call>", new Regex("[0-9]+;"))), 1));
        assertThat(TinyVocabulary.fits(once, "free <tool_cal and <tool_call>12; more"))
                .isTrue();
        assertThat(TinyVocabulary.fits(once, "")).isTrue();
        assertThat(TinyVocabulary.fits(once, "<<tool_call>12")).isFalse();
        assertThat(TinyVocabulary.fits(once, "<tool_call>x")).isFalse();
        assertThat(TinyVocabulary.fits(once, "<tool_call>1;<tool_call>2;")).isFalse();
        Constraint thought = TinyVocabulary.compile(new Sequence(List.of(new Until("aab"), new Literal("!"))));
        assertThat(TinyVocabulary.fits(thought, "aaab!")).isTrue();
        assertThat(TinyVocabulary.fits(thought, "aab?aab!")).isFalse();
    }

    @Test
    void whatCanOnlyEndEnds() {
        Constraint constraint = TinyVocabulary.compile(new Regex("ab?c"));
        Cursor at = constraint.advance(constraint.start(), 'a');
        assertThat(at.mayEnd()).isFalse();
        at = constraint.advance(at, 'c');
        assertThat(at.mustEnd()).isTrue();
        Cursor end = at;
        assertThatThrownBy(() -> constraint.advance(end, 'c')).isInstanceOf(Failure.class);
        Constraint open = TinyVocabulary.compile(new Regex("a+"));
        assertThat(open.advance(open.start(), 'a').mayEnd()).isTrue();
        assertThat(open.advance(open.start(), 'a').mustEnd()).isFalse();
    }

    @Test
    void whatNoTextFitsIsRefused() {
        assertThatThrownBy(() -> TinyVocabulary.compile(new OneOf(List.of())))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("No text fits");
        assertThatThrownBy(() -> TinyVocabulary.compile(new Repeat(new Regex("[]"), 2, 1000)))
                .isInstanceOf(Failure.class);
        assertThat(TinyVocabulary.fits(TinyVocabulary.compile(new Repeat(new Regex("[]"), 0, 1000)), ""))
                .isTrue();
    }
}
