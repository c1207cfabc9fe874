package smelt.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Templates that would take all time, memory or stack end in a failure that says so. */
class HostileTemplatesTest {
    private static final Duration PROMPTLY = Duration.ofSeconds(10);

    private static String render(String source) {
        return Template.parse(source).render(Map.of(), Template.Limits.defaults());
    }

    private static void assertExceedsLimit(String source) {
        assertTimeoutPreemptively(
                PROMPTLY,
                () -> assertThatThrownBy(() -> render(source))
                        .isInstanceOfSatisfying(
                                Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'a' * 10**9 }}",
                "{{ [0] * 10**12 }}",
                "{{ 'a'.center(10**12) }}",
                "{{ '%*d' % (10**9, 1) }}",
                "{{ '{:999999999}'.format(1) }}",
                "{{ 'x'|indent(10**10) }}",
                "{{ [1]|tojson(indent=10**9) }}",
                "{{ 1.5|round(10**9) }}",
                "{{ '%.999999f' % 1.5 }}",
                "{{ range(10**12) }}",
                "{{ [1]|batch(10**12, 0)|list }}",
                "{{ [1]|slice(10**12)|list }}",
                "{{ 2 ** 64 }}",
                "{{ 9223372036854775807 + 1 }}",
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% set ns = namespace(s='x') %}{% for a in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(l=[0]) %}{% for a in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{% set ns = namespace(l=[0]) %}{% for a in range(99) %}{% set ns.l = [ns.l, ns.l] %}"
                        + "{% endfor %}{{ ns.l }}",
                "{% set n = namespace(l=[0], m=[0]) %}{% for a in range(99) %}{% set n.l = [n.l, n.l] %}"
                        + "{% set n.m = [n.m, n.m] %}{% endfor %}{{ n.l == n.m }}",
                "{% set ns = namespace(l=(0,)) %}{% for a in range(99) %}{% set ns.l = (ns.l, ns.l) %}"
                        + "{% endfor %}{{ {ns.l: 1} }}",
                "{% set ns = namespace(l=[0]) %}{% for a in range(99999) %}{% set ns.l = [ns.l] %}"
                        + "{% endfor %}{{ ns.l|tojson }}",
                "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro m(n) %}{{ m(n + 1) ~ m(n + 1) }}{% endmacro %}{{ m(0) }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% set ns = namespace(g=[1]) %}{% for a in range(99999) %}{% set ns.g = ns.g|map('abs') %}{% endfor %}"
                        + "{{ ns.g|list }}",
                "{% for a in range(99999) %}{% for b in range(99) %}{{ 'xxxxxxxxxxxxxxxx' }}{% endfor %}{% endfor %}",
                "{% set s = 'a' * 1000000 %}{% set t = 'a' * 500000 ~ 'b' %}{% for i in range(999) %}{{ t in s }}"
                        + "{% endfor %}",
                "{% set s = 'a' * 1000000 %}{{ s.replace('', s) }}",
                "{% set s = ('a' * 100000)|list %}{{ s|join('x' * 100000) }}",
                "{% set s = 'a' * 3000000 %}{% for i in range(99999) %}{% set t = s.upper() %}{% endfor %}",
                "{% for i in range(99999) %}{{ ('é' * 100000)|urlencode|length }}{% endfor %}",
            })
    void unboundedWorkEndsInALimit(String source) {
        assertExceedsLimit(source);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "{", "-", "not ", "a[", "a(", "a if b else ", "{1:", "a is b(", "a|b("})
    void deepExpressionsEndInALimit(String open) {
        assertThatThrownBy(() -> Template.parse("{{ " + open.repeat(50_000)))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED));
    }

    @Test
    void deepBlocksEndInALimit() {
        assertExceedsLimit("{% if true %}".repeat(50_000));
        assertExceedsLimit("{% for a in b %}".repeat(50_000));
        assertExceedsLimit("{% macro m() %}".repeat(50_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"+a", ".a", "|abs", "[0]", "()", " is a", "*a", " and a"})
    void longChainsEndInALimitOnASmallStack(String link) throws InterruptedException {
        AtomicReference<Object> result = new AtomicReference<>("nothing");
        Runnable work = () -> {
            try {
                result.set(render("{{ a" + link.repeat(50_000) + " }}"));
            } catch (Failure failure) {
                result.set(failure.code());
            }
        };
        Thread small = new Thread(null, work, "small stack", 256 * 1024);
        small.start();
        small.join();
        assertThat(result.get()).isIn(FailureCode.LIMIT_EXCEEDED, FailureCode.MALFORMED);
    }

    @Test
    void manyTagsParseInLinearTime() {
        assertTimeoutPreemptively(PROMPTLY, () -> {
            assertThat(render("{# x #}".repeat(100_000))).isEmpty();
            assertThat(render("  {% set a = 1 %}".repeat(50_000))).hasSize(2 * 49_999);
            assertThat(render("{{ 1 }}".repeat(100_000))).hasSize(100_000);
        });
    }

    @Test
    void aTemplateOfManyMegabytesIsRefused() {
        assertExceedsLimit("x".repeat(3_000_000));
    }

    @Test
    void failuresNameTheLine() {
        assertThatThrownBy(() -> render("a\n\n{{ 1 +\n undef.x }}")).isInstanceOfSatisfying(Failure.class, f -> {
            assertThat(f.code()).isEqualTo(FailureCode.MALFORMED);
            assertThat(f.what()).contains("line 4").contains("'undef' is undefined");
        });
        assertThatThrownBy(() -> Template.parse("a\n  {{ 1 + }}")).isInstanceOfSatisfying(Failure.class, f -> {
            assertThat(f.code()).isEqualTo(FailureCode.MALFORMED);
            assertThat(f.what()).contains("2:10");
        });
    }

    @Test
    void aRefusalIsTheTemplatesOwnText() {
        assertThatThrownBy(() -> render("{{ raise_exception('Roles must alternate') }}"))
                .isInstanceOfSatisfying(Failure.class, f -> {
                    assertThat(f.code()).isEqualTo(FailureCode.TEMPLATE_REFUSED);
                    assertThat(f.what()).isEqualTo("Roles must alternate");
                });
    }

    @Test
    void cyclicVariablesEndInALimit() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        assertThatThrownBy(() -> Template.parse("x").render(Map.of("l", list), Template.Limits.defaults()))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED));
    }

    @Test
    void aLongChatFitsWithinTheDefaults() {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            messages.add(Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", "word ".repeat(500)));
        }
        Map<String, Object> variables = new HashMap<>(Map.of("messages", messages));
        String template = "{% set ns = namespace(out='') %}{% for m in messages[::-1] %}"
                + "{{ '<' + m.role + '>' + m.content.split('</think>')[-1].strip() + '\n' }}{% endfor %}";
        assertThat(Template.parse(template).render(variables, Template.Limits.defaults()))
                .hasSizeGreaterThan(4_900_000);
    }
}
