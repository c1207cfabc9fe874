package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.engine.constraint.Constraint;
import smelt.engine.constraint.Constraints;
import smelt.engine.constraint.Cursor;
import smelt.engine.constraint.Grammar;
import smelt.engine.constraint.JsonKind;
import smelt.engine.sampling.TokenSet;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.tokenizer.Tokenizer;
import smelt.tokenizer.Tokenizers;
import tools.jackson.databind.ObjectMapper;

/** Guards engine/constraint on a real vocabulary: the allowed tokens are those that fit, each asked for itself. */
@Tag("model")
class SmolLm2ConstraintTest {
    private static final String SCHEMA = """
            {"type": "object", "properties": {"name": {"type": "string", "maxLength": 30}, "n": {"type": "integer"},
             "tags": {"type": "array", "items": {"enum": ["a", "ab", "long one"]}, "maxItems": 70},
             "id": {"type": "string", "pattern": "^[a-f]+-[0-9]{2,}$"}}, "required": ["name", "tags"]}""";

    @Test
    void masksAreWhatEveryTokenForItselfSays() {
        List<Grammar> grammars = List.of(
                new Grammar.AnyJson(JsonKind.OBJECT),
                new Grammar.JsonSchema(new ObjectMapper().readTree(SCHEMA)),
                new Grammar.Regex("[a-z ]{0,20}(?:, [A-Z][a-z]+)*[.!]"),
                new Grammar.Triggered(List.of(new Grammar.Trigger("<call>", new Grammar.AnyJson(JsonKind.OBJECT))), 2),
                new Grammar.Literal("<|im_start|>assistant says <|im_end|> twice"));
        try (ModelFile file = ModelFiles.open(SmolLm2Test.modelPath())) {
            Tokenizer tokenizer = Tokenizers.fromGguf(file.metadata());
            Constraints constraints = Constraints.of(tokenizer);
            var random = new Random(3);
            for (Grammar grammar : grammars) {
                compareAlong(constraints.compile(grammar), grammar, tokenizer, random);
            }
        }
    }

    private static void compareAlong(Constraint constraint, Grammar grammar, Tokenizer tokenizer, Random random) {
        var set = new TokenSet(constraint.vocabularySize());
        Cursor at = constraint.start();
        for (int step = 0; step < 60 && !at.mustEnd(); step++) {
            constraint.allow(at, set);
            assertThat(set.isEmpty()).as("%s, step %d", grammar, step).isFalse();
            for (int token = 0; step % 8 < 2 && token < set.vocabulary(); token++) {
                if (set.contains(token) != fits(constraint, at, token)) {
                    assertThat(tokenizer.piece(token))
                            .as("%s, step %d: allowed is %s", grammar, step, set.contains(token))
                            .isEmpty();
                }
            }
            int token = random.nextInt(set.vocabulary());
            while (!set.contains(token)) {
                token = (token + 1) % set.vocabulary();
            }
            at = constraint.advance(at, token);
        }
    }

    private static boolean fits(Constraint constraint, Cursor at, int token) {
        try {
            Cursor unused = constraint.advance(at, token);
            return true;
        } catch (Failure e) {
            return false;
        }
    }
}
