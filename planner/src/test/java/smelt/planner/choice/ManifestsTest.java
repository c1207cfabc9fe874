package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.time.CalibratedForecaster;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Guards planner/: what is written to start a plan. */
final class ManifestsTest {
    private static final Choice CHOICE = SampleChoice.named("meta-llama/Llama-2-70b-hf");

    private static List<JsonNode> documents(String yaml) {
        List<JsonNode> all = new ArrayList<>();
        try (var parser = new YAMLMapper().readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            parser.forEachRemaining(all::add);
        }
        return all;
    }

    @Test
    void manifestsAreYamlThatStartsAsManyCopies() {
        for (Plan plan : CHOICE.front()) {
            if (!plan.parts().isEmpty()) {
                continue; // below
            }
            List<JsonNode> all = documents(Manifests.kubernetes(plan, CHOICE.question()));
            assertThat(all).extracting(d -> d.path("kind").asString()).containsExactly("Deployment", "Service");
            JsonNode spec = all.getFirst().path("spec");
            assertThat(spec.path("replicas").asInt()).isEqualTo(plan.replicas());
            JsonNode container =
                    spec.path("template").path("spec").path("containers").path(0);
            assertThat(container
                            .path("resources")
                            .path("limits")
                            .path("nvidia.com/gpu")
                            .asInt())
                    .isEqualTo(plan.deployment().layout().devices());
            assertThat(all.getFirst().path("metadata").path("name").asString())
                    .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
        }
    }

    @Test
    void copiesOnSeveralKindsAreSeveralDeploymentsBehindOneService() {
        Plan plan = CHOICE.front().stream()
                .filter(p -> p.parts().size() == 2)
                .findFirst()
                .orElseThrow();
        List<JsonNode> all = documents(Manifests.kubernetes(plan, CHOICE.question()));
        assertThat(all)
                .extracting(d -> d.path("kind").asString())
                .containsExactly("Deployment", "Deployment", "Service");
        String app = all.getLast().path("spec").path("selector").path("app").asString();
        assertThat(all.subList(0, 2))
                .allSatisfy(d -> assertThat(d.path("spec")
                                .path("template")
                                .path("metadata")
                                .path("labels")
                                .path("app")
                                .asString())
                        .isEqualTo(app));
        assertThat(all.subList(0, 2))
                .extracting(d -> d.path("metadata").path("name").asString())
                .doesNotHaveDuplicates();
        assertThat(all.subList(0, 2))
                .extracting(d -> d.path("spec").path("replicas").asInt())
                .containsExactly(
                        plan.parts().getFirst().replicas(),
                        plan.parts().getLast().replicas());
    }

    @Test
    void vllmIsToldTheLayout() {
        Plan plan = CHOICE.front().stream()
                .filter(p -> p.deployment().layout().pipeline() > 1)
                .findFirst()
                .orElseThrow();
        assertThat(String.join("\n", Manifests.startCommands(plan, CHOICE.question())))
                .contains("vllm serve meta-llama/Llama-2-70b-hf")
                .contains(
                        "--pipeline-parallel-size " + plan.deployment().layout().pipeline())
                .contains("--max-num-seqs " + plan.mostRunning());
    }

    /** A program that is the image's own lies on no path there; files lie on the volume; keys are what smelt wants. */
    @Test
    void imagesStartTheirOwnProgramBesideTheModels() {
        JsonNode llama = container("llama.cpp", "RTX4090");
        assertThat(llama.path("command").isMissingNode()).isTrue();
        assertThat(llama.path("image").asString()).isEqualTo("llama.cpp:server-cuda");
        JsonNode smelt = container("smelt", "epyc-9654");
        assertThat(smelt.path("command").isMissingNode()).isTrue();
        assertThat(smelt.path("args").valueStream().map(JsonNode::asString)).contains("serve", "--api-key-file");
        JsonNode sglang = container("sglang", "H100");
        assertThat(sglang.path("command").path(0).asString()).isEqualTo("python3");
        assertThat(List.of(llama, smelt, sglang))
                .allSatisfy(c -> assertThat(c.path("workingDir").asString())
                        .isEqualTo(
                                c.path("volumeMounts").path(1).path("mountPath").asString()));
    }

    private static JsonNode container(String engine, String device) {
        Question question = QuestionReader.read(
                Map.of("model", List.of("llama-3.2-1b"), "own", List.of("1x" + device), "engine", List.of(engine)),
                Catalogue.builtIn());
        Plan plan = new Planner(CalibratedForecaster.builtIn())
                .choose(question, Progress.NONE)
                .best();
        return documents(Manifests.kubernetes(plan, question)).getFirst().at("/spec/template/spec/containers/0");
    }
}
