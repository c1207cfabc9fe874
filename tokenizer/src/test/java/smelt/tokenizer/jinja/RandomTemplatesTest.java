package smelt.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;

/** Templates made at random from pieces of good ones: text within the limits or a failure, and soon. */
class RandomTemplatesTest {
    private static final long SEED = 20261122;
    private static final int ROUNDS = 4_000;
    private static final Template.Limits LIMITS = new Template.Limits(200_000, 400, 100_000);
    private static final List<String> PIECES = List.of(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "-",
            "+",
            "'",
            "\"",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "|",
            ".",
            ",",
            ":",
            "~",
            "*",
            "**",
            "/",
            "%",
            "==",
            "<",
            "\\",
            "\n",
            " ",
            "if",
            "else",
            "elif",
            "endif",
            "for",
            "in",
            "endfor",
            "set",
            "endset",
            "macro",
            "endmacro",
            "call",
            "endcall",
            "is",
            "not",
            "and",
            "or",
            "range(9)",
            "loop",
            "messages",
            "ns",
            "namespace(a=1)",
            "10**9",
            "tojson",
            "join",
            "recursive",
            "raw",
            "endraw",
            "'%s'",
            "é",
            "🙂",
            "\ud83d",
            "\u0000",
            "{{ x }}",
            "{% if a %}",
            "{% endif %}",
            "{% for m in messages %}",
            "{% endfor %}");

    /** A good template with pieces put in, cut out, doubled, or exchanged with those of another. */
    private static String mutate(List<String> seeds, Random random) {
        StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
        for (int i = random.nextInt(6); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), at + random.nextInt(20));
            switch (random.nextInt(5)) {
                case 0 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> text.delete(at, to);
                case 2 -> text.insert(at, text.substring(at, to));
                case 3 -> text.replace(at, to, PIECES.get(random.nextInt(PIECES.size())));
                default -> {
                    String other = seeds.get(random.nextInt(seeds.size()));
                    int from = random.nextInt(other.length() + 1);
                    text.insert(at, other.substring(from, Math.min(other.length(), from + random.nextInt(60))));
                }
            }
        }
        return text.toString();
    }

    @Test
    void mutatedTemplatesEndInTextOrAFailure() throws IOException {
        List<Map<String, Object>> goldens = Goldens.parse(SmolLm2TemplateTest.resource("goldens.json"));
        List<String> seeds = new ArrayList<>();
        goldens.forEach(golden -> seeds.add(Goldens.field(golden, "template")));
        Random random = new Random(SEED);
        int rendered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String source = mutate(seeds, random);
            Map<String, Object> variables = Goldens.field(goldens.get(random.nextInt(goldens.size())), "variables");
            rendered += renders(source, variables, "seed " + SEED + " round " + round) ? 1 : 0;
        }
        assertThat(rendered).as("mutations that still render").isBetween(ROUNDS / 20, ROUNDS - 1);
    }

    private static boolean renders(String source, Map<String, Object> variables, String which) {
        long start = System.nanoTime();
        boolean rendered = true;
        try {
            String text = Template.parse(source).render(variables, LIMITS);
            assertThat(text.length()).as("%s: %s", which, source).isLessThanOrEqualTo(LIMITS.outputChars());
        } catch (Failure expected) {
            rendered = false;
        } catch (RuntimeException | Error wrong) {
            throw new AssertionError(which + ": " + source, wrong);
        }
        assertThat(System.nanoTime() - start).as("%s: %s", which, source).isLessThan(2_000_000_000L);
        return rendered;
    }
}
