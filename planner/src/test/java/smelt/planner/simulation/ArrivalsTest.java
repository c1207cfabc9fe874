package smelt.planner.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Guards planner/: loads have the rates, variations and lengths that they say, and bad traces are refused. */
class ArrivalsTest {
    private static final String HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1, 2, 6})
    void timesBetweenRequestsHaveMeanAndVariation(double variation) {
        double last = 0;
        double sum = 0;
        double squares = 0;
        int count = 400_000;
        for (Arrival arrival : Arrivals.gamma(50, variation, count, Lengths.fixed(7, 3), 1)) {
            double gap = arrival.seconds() - last;
            last = arrival.seconds();
            sum += gap;
            squares += gap * gap;
        }
        double mean = sum / count;
        double deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
        assertThat(mean).isCloseTo(0.02, withinPercentage(3));
        assertThat(deviation / mean).isBetween(0.96 * variation - 1e-5, 1.04 * variation + 1e-5);
    }

    @Test
    void theSameSeedGivesTheSameRequests() {
        Lengths lengths = Lengths.uniform(1, 100, 1, 50).withPrefix(0.5, 4);
        Arrivals arrivals = Arrivals.poisson(3, 100, lengths, 9);
        assertThat(list(arrivals)).hasSize(100).isEqualTo(list(arrivals));
        assertThat(list(arrivals)).isEqualTo(list(Arrivals.poisson(3, 100, lengths, 9)));
        assertThat(list(arrivals)).isNotEqualTo(list(Arrivals.poisson(3, 100, lengths, 10)));
    }

    @Test
    void tracesAreReplayedAtTheirTimes() {
        List<Arrival> code = list(Arrivals.trace(resource("azure-2023-code-200.csv")));
        assertThat(code).hasSize(200);
        assertThat(code.get(0)).isEqualTo(new Arrival(0, 4808, 10, 0, 0));
        assertThat(code.get(1).seconds()).isCloseTo(0.052, withinPercentage(0.01));
        Arrivals conv = Arrivals.trace(resource("azure-2023-conv-400.csv"));
        SimulationResult slow = Simulation.run(Clocks.USUAL, SchedulerSettings.of("vllm"), conv, Limits.NONE);
        SimulationResult fast = Simulation.run(Clocks.USUAL, SchedulerSettings.of("vllm"), conv.times(3), Limits.NONE);
        assertThat(slow.requests()).isEqualTo(400);
        assertThat(fast.ttft().p90()).isGreaterThan(slow.ttft().p90());
        assertThat(fast.tokensPerSecond()).isGreaterThan(2 * slow.tokensPerSecond());
    }

    @Test
    void otherColumnsAndSecondsWillDo() throws IOException {
        List<Arrival> all = read("id, Arrived_At ,output_tokens,input_tokens\r\na,10.5,3,4\r\nb,11,5,6\r\n\r\n");
        assertThat(all).containsExactly(new Arrival(0, 4, 3, 0, 0), new Arrival(0.5, 6, 5, 0, 0));
        assertThat(read(HEADER + "2023-11-16T18:00:00Z,1,1\n2023-11-16T20:00:00+02:00,1,1"))
                .hasSize(2);
    }

    @Test
    void badTracesAreRefusedWithTheLine() {
        assertRefused("", "Line 0");
        assertRefused(HEADER, "Line 1");
        assertRefused("TIMESTAMP,GeneratedTokens\n1,1\n", "Line 1");
        assertRefused(HEADER + "1,5,5\n2,,5\n3,5,5\n", "Line 3");
        assertRefused(HEADER + "1,5,5\n2,5\n", "Line 3");
        assertRefused(HEADER + "1,5,5\n\n3,5,5\n", "Line 3");
        assertRefused(HEADER + "1,5,5\n,5,5\n", "Line 3");
        assertRefused(HEADER + "-1,5,5\n", "Line 2");
        assertRefused(HEADER + "NaN,5,5\n", "Line 2");
        assertRefused(HEADER + "1e300,5,5\n", "Line 2");
        assertRefused(HEADER + "1,-5,5\n", "Line 2");
        assertRefused(HEADER + "1,5,0\n", "Line 2");
        assertRefused(HEADER + "1,5,99999999999\n", "Line 2");
        assertRefused(HEADER + "5,5,5\n4.9,5,5\n", "Line 3");
        assertRefused(HEADER + "5,5,5\n2023-11-16 18:17:03,5,5\n", "Line 3");
        assertRefused(HEADER + "2023-11-31 18:17:03,5,5\n", "Line 2");
        assertRefused(HEADER + "2023-11-16 18:17:04,5,5\n2023-11-16 18:17:03,5,5\n", "Line 3");
        assertRefused(HEADER + "1,5,5\n2,5,5\n3,5,5\n4000,5,5\n4001,5,5\n", "Line 5");
        assertRefused(HEADER + "x".repeat(5000), "Line 2");
        assertRefused(HEADER + "1,5,5\n2,\uD83D,5\n", "Line");
    }

    @Test
    void aTraceThatIsNoTextOrNotThereIsRefused() throws IOException {
        Path binary = Files.write(folder.resolve("binary.csv"), new byte[] {(byte) 0xC3, 0x28, 10, (byte) 0xFF});
        assertThatThrownBy(() -> Arrivals.trace(binary)).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> Arrivals.trace(folder.resolve("none.csv")))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.NOT_FOUND));
        assertThatThrownBy(() -> Arrivals.trace(folder)).isInstanceOf(Failure.class);
    }

    @Test
    void slowTracesHaveNoHole() throws IOException {
        StringBuilder regular = new StringBuilder(HEADER);
        for (int i = 0; i < 6; i++) {
            regular.append(600 * i).append(",5,5\n");
        }
        assertThat(read(regular.toString())).hasSize(6);
    }

    @Test
    void impossibleLoadsAreRefused() {
        Lengths lengths = Lengths.fixed(1, 1);
        assertInvalid(() -> Arrivals.poisson(0, 1, lengths, 1));
        assertInvalid(() -> Arrivals.poisson(Double.NaN, 1, lengths, 1));
        assertInvalid(() -> Arrivals.poisson(1, 0, lengths, 1));
        assertInvalid(() -> Arrivals.gamma(1, -1, 1, lengths, 1));
        assertInvalid(() -> Arrivals.closedLoop(0, 1, lengths, 1));
        assertInvalid(() -> Lengths.fixed(0, 1));
        assertInvalid(() -> Lengths.fixed(1, 0));
        assertInvalid(() -> Lengths.uniform(5, 4, 1, 1));
        assertInvalid(() -> Lengths.fixed(1, 1).withPrefix(1.5, 1));
        assertInvalid(() -> Lengths.of(List.of()));
        assertInvalid(() -> new Arrival(-1, 1, 1, 0, 0));
        assertInvalid(() -> new Arrival(1, 1, 1, 2, 0));
        assertInvalid(() -> new Limits(0, 1));
        assertInvalid(() -> new Limits(1, Double.NaN));
        assertInvalid(() -> new Window(-1, 1));
        assertInvalid(() -> SchedulerSettings.of("vllm").withMaxRunning(0));
        assertInvalid(() -> new Outage(0, 5, 5));
        Service service = new Service(Clocks.USUAL, SchedulerSettings.of("vllm"));
        assertInvalid(() -> service.withReplicas(0));
        assertInvalid(() -> service.withOutages(List.of(new Outage(1, 1, 2))));
    }

    private static void assertInvalid(Runnable load) {
        assertThatThrownBy(load::run)
                .isInstanceOfSatisfying(
                        Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.INVALID_ARGUMENT));
    }

    private void assertRefused(String csv, String line) {
        assertThatThrownBy(() -> read(csv)).as(csv).isInstanceOfSatisfying(Failure.class, e -> {
            assertThat(e.code()).isEqualTo(FailureCode.MALFORMED);
            assertThat(e.what()).startsWith(line);
        });
    }

    private List<Arrival> read(String csv) throws IOException {
        Path file = folder.resolve("trace.csv");
        Files.write(file, csv.getBytes(StandardCharsets.UTF_8));
        return list(Arrivals.trace(file));
    }

    private static List<Arrival> list(Arrivals arrivals) {
        List<Arrival> all = new ArrayList<>();
        arrivals.forEach(all::add);
        return all;
    }

    static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(ArrivalsTest.class.getResource("/smelt/planner/traces/" + name), name)
                    .toURI());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
