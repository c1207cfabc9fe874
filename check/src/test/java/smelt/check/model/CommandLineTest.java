package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import smelt.cli.Main;
import smelt.engine.Engine;
import smelt.engine.Event;
import smelt.engine.EventStream;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.sampling.Sampling;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.targets.cpu.CpuTarget;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The whole way on a tiny model: the command line by ids, and the engine's promise of the same bytes in a crowd. */
class CommandLineTest {
    private static final Path LLAMA = Path.of("src/test/resources/tiny-models/llama");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private void smelt(String... args) {
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), args);
        assertThat(code).as(err.toString()).isZero();
    }

    private static JsonNode golden() throws Exception {
        return new ObjectMapper().readTree(Files.readString(LLAMA.resolve("reference.json")));
    }

    private static String ids(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).collect(Collectors.joining(","));
    }

    @Test
    void scoresAsTransformersDoes() throws Exception {
        JsonNode expected = golden().get("logprob_of_prompt_token");
        smelt("score", LLAMA.toString(), "--tokens", ids(golden().get("prompt")), "--json");
        JsonNode report = new ObjectMapper().readTree(out.toString());
        JsonNode tokens = report.get("tokens");
        assertThat(tokens.size()).isEqualTo(expected.size());
        assertThat(tokens.get(0).get("logprob").isNull()).isTrue();
        double nll = 0;
        for (int i = 1; i < tokens.size(); i++) {
            double logProb = tokens.get(i).get("logprob").asDouble();
            assertThat(logProb).isCloseTo(expected.get(i).asDouble(), within(2e-3));
            nll -= logProb / (tokens.size() - 1);
        }
        assertThat(report.get("mean_nll").asDouble()).isCloseTo(nll, within(1e-9));
    }

    @Test
    void continuesAsTransformersDoes() throws Exception {
        String greedy = ids(golden().get("greedy"));
        smelt("run", LLAMA.toString(), "--tokens", ids(golden().get("prompt")), "--temperature", "0", "-n", "24");
        assertThat(out.toString().strip()).isEqualTo(greedy);
    }

    @Test
    void everySequenceHasTheSameBytesInACrowdAsAlone() throws Exception {
        try (ModelFile file = ModelFiles.open(LLAMA)) {
            var model = Model.load(
                    file,
                    Models.build(file, new Models.Options(256)),
                    new LoadOptions(256, 1024, 2),
                    CpuTarget.start(2));
            try (Engine engine = new Engine(model, null, new Settings(24, 8, 1 << 20))) {
                List<EventStream> crowd = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    crowd.add(submit(engine, i));
                }
                for (int i = 0; i < 12; i++) {
                    List<Event> inACrowd = crowd.get(i).completion().events();
                    assertThat(submit(engine, i).completion().events())
                            .as("sequence %d", i)
                            .isEqualTo(inACrowd);
                }
            }
        }
    }

    private static EventStream submit(Engine engine, int number) {
        int[] prompt = new int[1 + number * 9 % 70];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = (i * 31 + number * 17) % 500;
        }
        Sampling sampling = number % 2 == 0 ? Sampling.GREEDY : Sampling.DEFAULT.withSeed(number);
        var stream = new EventStream();
        engine.submit(
                Request.of(prompt).withMaxTokens(20).withSampling(sampling).withPromptLogProbs(3), stream);
        return stream;
    }
}
