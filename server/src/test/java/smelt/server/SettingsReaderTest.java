package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.compiler.CacheType;
import smelt.server.operations.LogSettings;

/** Guards server/: settings of a file and of options, and all that is wrong with them. */
class SettingsReaderTest {
    @TempDir
    Path folder;

    private Given yaml(String text) throws IOException {
        return new Given().file(Files.writeString(folder.resolve("smelt.yaml"), text));
    }

    private static Setting setting(String name) {
        return SettingsReader.ALL.stream()
                .filter(setting -> setting.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void readsAFile() throws IOException {
        ServerSettings settings = SettingsReader.read(yaml("""
                host: "::1"
                port: 9000
                models: [smollm2, mine=/models/Some.Model.Q4_0.gguf, /models/Other.gguf]
                aliases: {gpt-*: smollm2, best: mine}
                any-model: true
                api-keys: [first-key-1, second-key-2]
                allowed-hosts: models.example
                cors-origins: ["*"]
                context: 4096
                kv-memory: 2G
                kv: q8
                memory: 3.5GiB
                keep-alive: 10m
                drain: 5
                max-body: 64K
                comment-interval: 500ms
                """));
        assertThat(settings.http().host()).isEqualTo("::1");
        assertThat(settings.http().port()).isEqualTo(9000);
        assertThat(settings.models())
                .containsExactly(
                        Map.entry("smollm2", "smollm2"),
                        Map.entry("mine", "/models/Some.Model.Q4_0.gguf"),
                        Map.entry("Other", "/models/Other.gguf"));
        assertThat(settings.aliases()).containsEntry("gpt-*", "smollm2").containsEntry("best", "mine");
        assertThat(settings.acceptsAnyModel()).isTrue();
        assertThat(settings.lenient()).isFalse();
        assertThat(settings.http().keys().isEmpty()).isFalse();
        assertThat(settings.http().hosts()).isEqualTo(Set.of("models.example"));
        assertThat(settings.http().origins()).isEqualTo(Set.of("*"));
        assertThat(settings.engines())
                .isEqualTo(new Engines(
                        4096,
                        0,
                        CacheType.Q8,
                        2L << 30,
                        Engines.DEFAULT.queuedTokens(),
                        7L << 29,
                        Duration.ofMinutes(10)));
        assertThat(settings.drain()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.http().limits().bodyBytes()).isEqualTo(64 << 10);
        assertThat(settings.http().limits().keepAlive()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void takesWhatIsUsualWhereNothingIsSaid() throws IOException {
        ServerSettings settings = SettingsReader.read(yaml("models: null").option(setting("models"), List.of("m")));
        assertThat(settings)
                .isEqualTo(new ServerSettings(
                        ServerSettings.DEFAULT.http(),
                        Map.of("m", "m"),
                        Map.of(),
                        false,
                        false,
                        ServerSettings.DEFAULT.drain(),
                        ServerSettings.DEFAULT.requests(),
                        Engines.DEFAULT,
                        LogSettings.DEFAULT,
                        ServerSettings.DEFAULT.memoryRate()));
    }

    @Test
    void anOptionWins() throws IOException {
        ServerSettings settings = SettingsReader.read(yaml("{port: 1, models: a, aliases: {x: a}}")
                .option(setting("port"), List.of("2", "3"))
                .option(setting("aliases"), List.of("y=a", "z=a")));
        assertThat(settings.http().port()).isEqualTo(3);
        assertThat(settings.aliases()).containsOnlyKeys("y", "z");
    }

    @Test
    void tellsOfAllProblemsAtOnce() throws IOException {
        Given given = yaml("""
                modls: [a]
                port: 70000
                drain: soon
                tls-key: key.pem
                api-key-file: /none
                any-model: maybe
                max-body: 0
                context: [1]
                """).option(setting("kv"), List.of("q9")).option(setting("aliases"), List.of("x"));
        assertThatThrownBy(() -> SettingsReader.read(given))
                .isInstanceOf(Failure.class)
                .hasMessageContainingAll(
                        "problems",
                        "smelt.yaml: there is no setting named modls; did you mean models?",
                        "there is no model to serve",
                        "smelt.yaml: port must be between 0 and 65535 but is 70000",
                        "smelt.yaml: drain must be like 30s or 5m but is \"soon\"",
                        "tls-certificate and tls-key need each other",
                        "The file of API keys is not there: /none",
                        "any-model must be true or false but is \"maybe\"",
                        "max-body must be",
                        "context must be one value but is an array",
                        "--kv must be f16 or q8 but is q9",
                        "--alias must be like NAME=VALUE but is x");
    }

    /** These are found only when the values are there. */
    @Test
    void tellsAtOnceWhatWouldKeepTheServerFromListening() throws IOException {
        Given given = yaml("""
                models: [a]
                host: 0.0.0.0
                port: no
                aliases: {x: a, y: b}
                tls-certificate: none.pem
                tls-key: none.key
                access-log: false
                log-prompts: true
                """);
        assertThatThrownBy(() -> SettingsReader.read(given))
                .isInstanceOf(Failure.class)
                .hasMessageContainingAll(
                        "5 problems",
                        "port must be a whole number",
                        "no API key is set",
                        "none.pem",
                        "aliases: y stands for b, which is not served (these are: a)",
                        "log-prompts needs access-log");
    }

    @ParameterizedTest
    @CsvSource({"on,true", "off,false", "true,true", "false,false"})
    void readsWhetherRequestsAreLogged(String text, boolean logged) throws IOException {
        assertThat(SettingsReader.read(yaml("{models: a, access-log: " + text + "}"))
                        .logs())
                .isEqualTo(new LogSettings(logged, false));
        assertThat(SettingsReader.read(new Given()
                                .option(setting("models"), List.of("a"))
                                .option(setting("access-log"), List.of(text)))
                        .logs()
                        .requests())
                .isEqualTo(logged);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "just text", "[1, 2]", "a: b: c", "port: 1\nport: 2", "\t- x", "{a: &x [*x]}"})
    void refusesWhatIsNoFileOfSettings(String text) {
        assertThatThrownBy(() -> SettingsReader.read(yaml(text)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("smelt.yaml");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> new Given().file(folder.resolve("none.yaml")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("none.yaml");
        assertThatThrownBy(() -> new Given().file(folder)).isInstanceOf(Failure.class);
    }

    @ParameterizedTest
    @CsvSource({"30,30000", "30s,30000", "1.5m,90000", "2h,7200000", "250ms,250", "0,0"})
    void readsTimes(String text, long millis) throws IOException {
        assertThat(SettingsReader.read(yaml("{models: a, drain: '" + text + "'}"))
                        .drain())
                .isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void everySettingHasItsOwnNames() {
        assertThat(SettingsReader.ALL.stream().map(Setting::name)).doesNotHaveDuplicates();
        assertThat(SettingsReader.ALL.stream().map(Setting::option)).doesNotHaveDuplicates();
    }
}
