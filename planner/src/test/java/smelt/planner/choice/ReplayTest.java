package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.simulation.Arrival;

/** Guards planner/: which part of a trace is played, and that it decides lengths, rate and prefixes of a question. */
final class ReplayTest {
    private static final String HEADER = "time,prompt_tokens,completion_tokens\n";

    @TempDir
    Path folder;

    private Path trace(String text) throws IOException {
        return Files.writeString(folder.resolve("requests.csv"), text);
    }

    private static Question question(Path trace, String... namesAndValues) {
        Map<String, List<String>> said = new LinkedHashMap<>();
        said.put("model", List.of("llama-3.1-8b"));
        said.put("own", List.of("8xH100"));
        said.put("trace", List.of(trace.toString()));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            said.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
        }
        return QuestionReader.read(said, Catalogue.builtIn());
    }

    private static Failure refusal(Path trace, String... namesAndValues) {
        return catchThrowableOfType(Failure.class, () -> question(trace, namesAndValues));
    }

    private static String regular(int requests, double gap, String lengths) {
        StringBuilder text = new StringBuilder(HEADER);
        for (int i = 0; i < requests; i++) {
            text.append(i * gap).append(',').append(lengths).append('\n');
        }
        return text.toString();
    }

    @Test
    void ofALongTraceTheBusiestPartIsPlayed() {
        List<Arrival> all = new ArrayList<>();
        for (int i = 0; i < 12_000; i++) {
            boolean busy = i >= 5000 && i < 10_000;
            double before = all.isEmpty() ? 0 : all.getLast().seconds();
            all.add(new Arrival(before + (busy ? 0.1 : 1), busy ? 300 : 100, 50, 0, 0));
        }
        Replay replay = Replay.of("long.csv", all);
        assertThat(replay.last() - replay.first() + 1).isEqualTo(4000);
        assertThat(replay.first()).isBetween(5000, 6001);
        assertThat(replay.requestsPerSecond()).isCloseTo(10, within(1e-6));
        assertThat(replay.workload().input()).isEqualTo(300);
        assertThat(replay.text()).contains("of the 12000 of long.csv", "the busiest");
        // 400 before them fill the queues
        List<Arrival> played = StreamSupport.stream(replay.arrivals(20, 1).spliterator(), false)
                .toList();
        assertThat(played).hasSize(4400);
        assertThat(replay.window(1).skip()).isEqualTo(400);
        assertThat(replay.window(1).count()).isEqualTo(4000);
        assertThat(played.getFirst().seconds()).isZero();
        assertThat(played.get(4399).seconds() - played.get(400).seconds()).isCloseTo(3999 / 20.0, within(1e-6));
    }

    @Test
    void theTraceDecidesLengthsAndRate() throws IOException {
        Path trace = trace(regular(300, 0.5, "900,30"));
        Question question = question(trace);
        assertThat(question.demand().requestsPerSecond().orElseThrow()).isCloseTo(2, within(1e-9));
        Workload workload = question.demand().workload();
        assertThat(workload.input()).isEqualTo(900);
        assertThat(workload.output()).isEqualTo(30);
        assertThat(workload.burstiness()).isCloseTo(0, within(1e-6));
        assertThat(question(trace, "rate", "6/s").demand().requestsPerSecond().orElseThrow())
                .isEqualTo(6);
        Choice choice = new Planner(new RooflineForecaster()).choose(question, Progress.NONE);
        assertThat(choice.best().trial().orElseThrow().requests()).isEqualTo(300);
        assertThat(choice.assumptions()).anyMatch(text -> text.contains("the 300 requests of requests.csv"));
    }

    @Test
    void beginningsInCommonCountFromTheSecondOn() throws IOException {
        Path trace = trace("time,input,output,prefix_tokens,prefix_group\n0,100,5,50,a\n1,100,5,50,a\n2,100,5,0,\n"
                + "3,100,5,50,b\n4,100,5,100,a\n");
        assertThat(question(trace).demand().workload().prefixHitShare()).isCloseTo(150 / 500.0, within(1e-9));
    }

    @Test
    void whatIsWrongWithATraceIsToldByLine() throws IOException {
        assertThat(refusal(trace(HEADER + "1,5,5\n2,5,5\n3,5,5\n4000,5,5\n4001,5,5\n")))
                .hasMessageContaining("Line 5");
        assertThat(refusal(trace(HEADER + "-1,5,5\n"))).hasMessageContaining("Line 2");
        assertThat(refusal(trace(HEADER + "2,5,5\n1,5,5\n"))).hasMessageContaining("Line 3");
        assertThat(refusal(trace(HEADER + "1,5,5\n"))).hasMessageContaining("one request alone");
        assertThat(refusal(trace(HEADER + "1,5,5\n1,5,5\n"))).hasMessageContaining("at the same time");
        assertThat(refusal(trace("time,input,output,prefix_tokens\n1,5,5,5\n"))).hasMessageContaining("prefix_group");
        assertThat(refusal(trace("time,input,output,prefix_tokens,prefix_group\n1,5,5,6,a\n")))
                .hasMessageContaining("6 tokens of its shared prefix");
    }

    @Test
    void whatContradictsTheTraceIsRefused() throws IOException {
        Path trace = trace(regular(20, 1, "200000,30"));
        assertThat(refusal(trace, "input", "5", "workload", "chat").what())
                .contains("trace and workload contradict")
                .contains("trace and input contradict")
                .contains("20 requests of")
                .contains("longer than the 131072 tokens");
    }
}
