package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import smelt.graph.Cost;

/** Guards bench: shares of the machine's limits and ratios to peers. */
class MeasuredTest {
    private static final Offset<Double> EXACT = within(1e-12);
    /** 1 GB of weights, 1 MB of keys and values a position, 10^9 products in the layers, 10^8 in the head. */
    private static final Work WORK = new Work(
            1e9,
            2,
            new Cost(0, 1_000_000_000, 0, List.of(new Cost.Looking(0, 500_000, 0))),
            new Cost(0, 100_000_000, 0, List.of()));

    private static final Measured.Around LIMITS = new Measured.Around(20, 2);

    @Test
    void decodeReadsTheWeightsAndWhatItRemembers() {
        Measured measured = new Measured(new Scenario.Decode(32, 984), 2048);
        measured.add(5, 0.01, 1, LIMITS, WORK);
        // (1 GB + (984 + 16) MB) x 5 of 20 GB/s
        assertThat(measured.shareOfBandwidth().orElseThrow().median()).isCloseTo(0.5, EXACT);
        // 2.2 x 10^9 operations x 5 of 2 x 10^12
        assertThat(measured.shareOfPeak().orElseThrow().median()).isCloseTo(0.0055, EXACT);
    }

    @Test
    void usersShareTheReadingOfTheWeights() {
        Measured measured = new Measured(new Scenario.Crowd(10, 80, 40), 2048);
        measured.add(40, 0.01, 1, LIMITS, WORK);
        // 4 steps a second of 1 GB + 10 x 100 MB
        assertThat(measured.shareOfBandwidth().orElseThrow().median()).isCloseTo(0.4, EXACT);
    }

    @Test
    void prefillNeedsTheHeadOnce() {
        Measured measured = new Measured(new Scenario.Prefill(100), 2048);
        measured.add(500, 0.01, 1, LIMITS, WORK);
        assertThat(measured.shareOfBandwidth()).isEmpty();
        // 2 x (100 x 10^9 + 10^8) / 100 x 500 of 2 x 10^12
        assertThat(measured.shareOfPeak().orElseThrow().median()).isCloseTo(0.5005, EXACT);
    }

    @Test
    void theRatioIsToTheBestPeer() {
        Measured measured = new Measured(new Scenario.Prefill(100), 2048);
        measured.add(300, 0.03, 1, LIMITS, WORK);
        measured.addPeer("slow", Peer.Result.of(50));
        measured.addPeer("fast", Peer.Result.of(150));
        measured.addPeer("broken", Peer.Result.failed("no such file"));
        Report.Row row = measured.row();
        assertThat(row.ratio()).contains(2.0);
        assertThat(row.engineShareOfStep().orElseThrow().median()).isCloseTo(0.03, EXACT);
        assertThat(row.peers().getLast().note()).contains("no such file");
        assertThat(measured.peerIsOpen("fast")).isTrue();
        assertThat(measured.peerIsOpen("broken")).isFalse();
    }

    @Test
    void whatDoesNotFitTheModelIsSaid() {
        Measured measured = new Measured(new Scenario.Decode(32, 2048), 2048);
        assertThat(measured.isOpen()).isFalse();
        assertThat(measured.row().problem()).contains("takes 2081 positions, the model has 2048");
        assertThat(measured.row().ratio()).isEmpty();
    }

    @Test
    void timeThatIsUpIsSaid() {
        Measured measured = new Measured(new Scenario.Prefill(10), 2048);
        measured.add(300, 0.01, 1000, LIMITS, WORK);
        assertThat(measured.fits(1001)).isTrue();
        assertThat(measured.fits(1000)).isFalse();
        measured.cutShort();
        assertThat(measured.row().problem()).contains("no time was left for more than 1 runs");
    }
}
