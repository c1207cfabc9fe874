package smelt.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.engine.constraint.Grammar.Regex;

/** Guards engine/constraint: patterns mean what java.util.regex says they mean. */
class RegexTest {
    private static final byte[][] TEXTS = TinyVocabulary.texts();

    @Test
    void randomPatternsAgreeWithTheJdk() {
        int matches = 0;
        int checked = 0;
        for (int seed = 0; seed < 1500; seed++) {
            var random = new Random(seed);
            String pattern = pattern(random, 3);
            Pattern expected = Pattern.compile(pattern);
            Constraint constraint;
            try {
                constraint = TinyVocabulary.compile(new Regex(pattern));
            } catch (Failure e) {
                assertThat(e).hasMessageContaining("No text fits");
                continue;
            }
            for (int i = 0; i < 20; i++) {
                String text = text(random);
                boolean fits = TinyVocabulary.fits(constraint, text);
                matches += fits ? 1 : 0;
                assertThat(fits)
                        .as("seed %d: %s on %s", seed, pattern, text)
                        .isEqualTo(expected.matcher(text).matches());
            }
            String walked = TinyVocabulary.walk(constraint, TEXTS, random, 8).orElse("x".repeat(500));
            // the JDK's matcher recurses once per turn of a loop
            if (walked.length() < 500) {
                checked++;
                assertThat(expected.matcher(walked).matches())
                        .as("seed %d: %s walked to %s", seed, pattern, walked)
                        .isTrue();
            }
        }
        assertThat(matches).isGreaterThan(2_000);
        assertThat(checked).isGreaterThan(1_000);
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(7); i > 0; i--) {
            text.appendCodePoint("abc1é日-".codePointAt(random.nextInt(7)));
        }
        return text.toString();
    }

    private static String pattern(Random random, int depth) {
        return switch (depth == 0 ? random.nextInt(4) : random.nextInt(9)) {
            case 0 -> List.of("a", "b", "c", "é", "日").get(random.nextInt(5));
            case 1 -> List.of(".", "\\d", "\\w", "\\-", "\\x61").get(random.nextInt(5));
            case 2 -> List.of("[ab]", "[^a]", "[a-c1]", "[^\\d-]", "[\\w-]").get(random.nextInt(5));
            case 3 -> "a";
            case 4, 5 -> pattern(random, depth - 1) + pattern(random, depth - 1);
            case 6 -> "(?:" + pattern(random, depth - 1) + "|" + pattern(random, depth - 1) + ")";
            default ->
                "(" + pattern(random, depth - 1) + ")"
                        + List.of("*", "+", "?", "{2}", "{0,3}", "{1,}", "*?", "{0,60}", "{1,50}")
                                .get(random.nextInt(9));
        };
    }

    @Test
    void whatIsNotRegularIsRefusedByNameAndPlace() {
        for (String pattern :
                List.of("a(?=b)", "(?!x)a", "(?<=a)b", "(a)\\1", "a\\b", "(?i)a", "\\p{L}", "a$b", "b^a")) {
            assertThatThrownBy(() -> TinyVocabulary.compile(new Regex(pattern)))
                    .as(pattern)
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("character");
        }
        for (String pattern :
                List.of("(", ")", "[", "a**", "*", "a{3,1}", "[b-a]", "\\", "\\u12", "a{9999999}", "(?<n")) {
            assertThatThrownBy(() -> TinyVocabulary.compile(new Regex(pattern)))
                    .as(pattern)
                    .isInstanceOf(Failure.class);
        }
    }

    @Test
    void anchorsAtTheEndsAreNothing() {
        assertThat(TinyVocabulary.fits(TinyVocabulary.compile(new Regex("^a|b$|^c$")), "c"))
                .isTrue();
        assertThat(TinyVocabulary.fits(TinyVocabulary.compile(new Regex("^(?<year>[0-9]{4})$")), "2024"))
                .isTrue();
    }

    @Test
    void hostilePatternsEndInTime() {
        for (String pattern : List.of(
                "((a{1000}){1000}){1000}",
                "(a|aa){1000}b",
                "(a*)*b",
                "((a?){100}){100}b",
                "(.*a.{500})",
                "(x+x+)+y",
                "(".repeat(100_000),
                "(a|b|ab)*".repeat(300),
                "[^a]".repeat(200_000))) {
            long begin = System.nanoTime();
            try {
                Constraint constraint = TinyVocabulary.compile(new Regex(pattern));
                for (int round = 0; round < 5; round++) {
                    TinyVocabulary.fits(constraint, "abab".repeat(50));
                }
            } catch (Failure e) {
                assertThat(e.what()).isNotEmpty();
            }
            assertThat(System.nanoTime() - begin).as(pattern).isLessThan(5_000_000_000L);
        }
    }
}
