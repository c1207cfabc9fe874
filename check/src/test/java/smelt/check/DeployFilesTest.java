package smelt.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.server.Given;
import smelt.server.ServerSettings;
import smelt.server.Setting;
import smelt.server.SettingsReader;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Guards deploy/: its settings are such as the server reads, its probes and options such as there are. */
final class DeployFilesTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    @TempDir
    private Path folder;

    @Test
    void theExampleOfSettingsIsRead() throws IOException {
        ServerSettings settings = read(Project.text(Path.of("deploy/serve.yaml")));
        assertThat(settings.models()).containsOnlyKeys("smollm2");
        assertThat(settings.aliases()).containsEntry("gpt-*", "smollm2");
    }

    @Test
    void theClusterHasSettingsThatAreRead() throws IOException {
        String given = manifest("ConfigMap").at("/data/serve.yaml").asString("");
        assertThat(read(given).drain().toSeconds())
                .as("requests end before the pod is killed")
                .isLessThan(pod().at("/terminationGracePeriodSeconds").asLong(0));
    }

    @Test
    void theProbesAskForRoutesThatAreThere() throws IOException {
        String routes = Project.text(Path.of("server/src/main/java/smelt/server/operations/OperationsRoutes.java"));
        JsonNode container = pod().at("/containers/0");
        for (String probe : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
            assertThat(routes)
                    .as(probe)
                    .contains("\"" + container.at("/" + probe + "/httpGet/path").asString("none") + "\"");
        }
    }

    @Test
    void theServiceHasOptionsThatThereAre() {
        String unit = Project.text(Path.of("deploy/smelt.service"));
        String start = unit.lines()
                .filter(line -> line.startsWith("ExecStart="))
                .findFirst()
                .orElse("");
        List<String> options = Stream.of(start.split(" "))
                .filter(word -> word.startsWith("--"))
                .toList();
        assertThat(options).hasSizeGreaterThan(1);
        List<String> known = Stream.concat(
                        Stream.of("--config"), SettingsReader.ALL.stream().map(Setting::option))
                .toList();
        assertThat(known).containsAll(options);
    }

    /** The keys' file of the example is not on this machine. */
    private ServerSettings read(String settings) throws IOException {
        Path keys = Files.writeString(folder.resolve("keys"), "somebody 0123456789abcdef0123456789abcdef\n");
        Path file = Files.writeString(
                folder.resolve("serve.yaml"), settings.replaceAll("api-key-file: \\S+", "api-key-file: " + keys));
        return SettingsReader.read(new Given().file(file));
    }

    private static JsonNode manifest(String kind) throws IOException {
        try (MappingIterator<JsonNode> all =
                YAML.readerFor(JsonNode.class).readValues(Project.text(Path.of("deploy/kubernetes.yaml")))) {
            return all.readAll().stream()
                    .filter(document -> document.path("kind").asString("").equals(kind))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static JsonNode pod() throws IOException {
        return manifest("Deployment").at("/spec/template/spec");
    }
}
