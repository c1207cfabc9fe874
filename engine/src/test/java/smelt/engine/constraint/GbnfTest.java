package smelt.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.engine.constraint.Grammar.Gbnf;
import tools.jackson.databind.ObjectMapper;

/** Guards engine/constraint: grammars in llama.cpp's format mean what they mean there. */
class GbnfTest {
    private static final String JSON = """
            # any object, with bounded space
            root   ::= object
            value  ::= object | array | string | number | ("true" | "false" | "null") ws
            object ::=
              "{" ws (
                string ":" ws value
                ("," ws string ":" ws value)*
              )? "}" ws
            array  ::= "[" ws (
                value ("," ws value)*
              )? "]" ws
            string ::= "\\"" (
                [^"\\\\\\x7F\\x00-\\x1F] |
                "\\\\" (["\\\\bfnrt] | "u" [0-9a-fA-F]{4})
              )* "\\"" ws
            number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,1})? ws
            ws ::= | " " | "\\n" [ \\t]{0,20}
            """;

    private static final String ARITHMETIC = """
            root ::= (expr "=" ws number "\\n")+
            expr ::= term ([-+*/] term)*
            term ::= number | "(" ws expr ")" ws
            number ::= [0-9]+ ws
            ws ::= [ \\t]*
            """;

    private static final String LIST = """
            root ::= item+
            # no line ends inside an item
            item ::= "- " [^\\r\\n\\x0b\\x0c\\x85\\u2028\\u2029]+ "\\n"
            """;

    private static final Map<String, Map<String, Boolean>> TEXTS = Map.of(
            JSON,
            Map.of("{\"a\":\n  [1, 2.5]}", true, "{}", true, "{\"a\":1,}", false, "[1]", false),
            ARITHMETIC,
            Map.of("(1 + 2)*3=9\n", false, "(1+2)*3=9\n", true, "1=1\n2=2\n", true, "1+=2\n", false),
            LIST,
            Map.of("- a\n- é日\n", true, "- a", false, "-a\n", false, "- a\u2028\n", false),
            "root ::= \"a\" b | [^a-c]{2} | .\nb ::= (\"x\" | b2){,2}\nb2 ::= \"\\u00e9\\U0001F600\"",
            Map.of("a", true, "axx", true, "axé😀", true, "axxx", false, "de", true, "da", false, "日", true));

    @Test
    void textsFitAsTheyShould() {
        TEXTS.forEach((grammar, texts) -> texts.forEach(
                (text, fits) -> assertThat(TinyVocabulary.fits(TinyVocabulary.compile(new Gbnf(grammar)), text))
                        .as("%s: %s", grammar, text)
                        .isEqualTo(fits)));
    }

    @Test
    void whatTheGrammarOfJsonGivesIsJson() {
        Constraint constraint = TinyVocabulary.compile(new Gbnf(JSON));
        var mapper = new ObjectMapper();
        var random = new Random(2);
        for (int round = 0; round < 60; round++) {
            String text = TinyVocabulary.walk(constraint, TinyVocabulary.texts(), random, 1 + random.nextInt(50))
                    .orElseThrow();
            // a number may begin with several zeros there
            assertThat(mapper.readTree(text.replaceAll("\\b0+(?=[0-9])", "")).isObject())
                    .isTrue();
        }
    }

    @Test
    void mistakesAreToldByTheirPlace() {
        for (List<String> one : List.of(
                List.of("root ::= \"a", "ends"),
                List.of("root ::= a", "the rule a"),
                List.of("a ::= \"x\"", "root"),
                List.of("root ::= (\"a\"", "')'"),
                List.of("root ::= \"a\")", "line 1, character 13"),
                List.of("root = \"a\"", "::="),
                List.of("root ::= \"a\"\nroot ::= \"b\"", "line 2"),
                List.of("root ::= [b-a]", "range"),
                List.of("root ::= \"\\q\"", "escape"),
                List.of("root ::= \"a\"{3,2}", "count"),
                List.of("root ::= <think> \"a\"", "token"),
                List.of("root ::= root \"a\" | \"b\"", "begins with itself"),
                List.of("root ::= \"a\" root", "No text fits"),
                List.of("", "root"))) {
            assertThatThrownBy(() -> TinyVocabulary.compile(new Gbnf(one.getFirst())))
                    .as(one.getFirst())
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(one.get(1));
        }
        assertThatThrownBy(() -> TinyVocabulary.compile(new Gbnf("root ::= a? b\na ::= \"x\"\nb ::= a* root | \"y\"")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("begins with itself");
    }

    @Test
    void hostileGrammarsEndInTime() {
        for (String grammar : List.of(
                "root ::= " + "(".repeat(100_000),
                "root ::= " + "(\"a\" | ".repeat(100) + "\"b\"" + ")".repeat(100),
                "root ::= a\na ::= \"x\" a \"y\" | \"x\" a \"z\" | \"x\"",
                "root ::= (a | b)*\na ::= \"x\" a | \"x\"\nb ::= \"x\" b b | \"x\"",
                "root ::= ((([a-z]{0,1000}){0,1000}){0,1000} \"x\")",
                "root ::= \"a\"" + "*".repeat(100_000))) {
            long begin = System.nanoTime();
            try {
                Constraint constraint = TinyVocabulary.compile(new Gbnf(grammar));
                TinyVocabulary.fits(constraint, "x".repeat(2000));
            } catch (Failure e) {
                assertThat(e.what()).isNotEmpty();
            }
            assertThat(System.nanoTime() - begin)
                    .as(grammar.substring(0, Math.min(80, grammar.length())))
                    .isLessThan(5_000_000_000L);
        }
    }
}
