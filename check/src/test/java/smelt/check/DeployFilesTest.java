package smelt.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
    private static final String CONTAINERFILE = Project.text(Path.of("deploy/Containerfile"));

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
        ServerSettings settings = read(given);
        JsonNode container = pod().at("/containers/0");
        long sleep =
                Long.parseLong(container.at("/lifecycle/preStop/exec/command/1").asString("0"));
        assertThat(sleep + settings.drain().toSeconds())
                .as("requests end before the pod is killed")
                .isLessThan(pod().at("/terminationGracePeriodSeconds").asLong(0));
        assertThat(settings.http().port())
                .isEqualTo(container.at("/ports/0/containerPort").asInt());
    }

    @Test
    void theClusterMountsWhatIsNamed() throws IOException {
        JsonNode container = pod().at("/containers/0");
        List<String> mounts = container.path("volumeMounts").findValuesAsString("mountPath");
        String given = manifest("ConfigMap").at("/data/serve.yaml").asString("");
        List<String> paths = Pattern.compile("(?<=[ =])/\\S+/")
                .matcher(given)
                .results()
                .map(found -> found.group().replaceAll("/$", ""))
                .toList();
        assertThat(paths).hasSize(2).allSatisfy(path -> assertThat(mounts).contains(path));
        assertThat(container.at("/args/2").asString("")).isEqualTo("/etc/smelt/serve.yaml");
        assertThat(mounts).contains("/etc/smelt", instruction("VOLUME"));
        assertThat(pod().at("/volumes").findValuesAsString("name"))
                .containsAll(container.path("volumeMounts").findValuesAsString("name"));
        assertThat(manifest("Service").at("/spec/ports/0/targetPort").asString(""))
                .isEqualTo(container.at("/ports/0/name").asString());
    }

    @Test
    void theImageIsWhatTheClusterStarts() throws IOException {
        JsonNode pod = pod();
        assertThat(instruction("USER"))
                .isEqualTo(pod.at("/securityContext/runAsUser").asString());
        assertThat(instruction("EXPOSE"))
                .isEqualTo(pod.at("/containers/0/ports/0/containerPort").asString());
        List<String> usual = YAML.readerForListOf(String.class).readValue(instruction("CMD"));
        List<String> given = pod.at("/containers/0/args")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
        assertThat(given).isEqualTo(usual);
    }

    @Test
    void theImageIsMadeOfFilesThatThereAre() {
        List<String> copied = CONTAINERFILE
                .lines()
                .filter(line -> line.startsWith("COPY --from=build "))
                .flatMap(line -> Stream.of(line.split(" ")).skip(2))
                .filter(word -> word.startsWith("/opt/smelt/") && !word.startsWith("/opt/smelt/target"))
                .map(word -> word.replace("/opt/smelt/", ""))
                .filter(word -> !word.isEmpty())
                .toList();
        assertThat(copied)
                .contains("smelt", "scripts")
                .allSatisfy(file -> assertThat(Project.ROOT.resolve(file)).exists());
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

    private static String instruction(String word) {
        return CONTAINERFILE
                .lines()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> line.substring(word.length() + 1))
                .collect(Collectors.joining());
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
