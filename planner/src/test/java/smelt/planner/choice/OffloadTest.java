package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.model.ModelCatalogue;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Deployment;
import smelt.planner.time.Engine;
import smelt.planner.time.Layout;

/** Guards what is told of models that the device has no room for. */
class OffloadTest {
    /** As people measure it: about 3.1 tokens a second. */
    @Test
    void halfOfASeventyBillionModelBesideAConsumerCardGivesThreeTokensASecond() {
        var card = new Layout(Catalogue.builtIn().device("rtx-4090"), 1, 1, 1, 1, 1, false, 0);
        var deployment = new Deployment(
                ModelCatalogue.named("llama-3.1-70b"),
                NumberFormats.named("q4_k_m"),
                card,
                new Engine("llama.cpp", ""));
        var chat = new Workload("chat", 512, 256, 0, 1, "a test");
        OperatingPoint point = new Offload(chat, CalibratedForecaster.builtIn(), Hosts.DESKTOP)
                .points(deployment).stream()
                        .filter(p -> p.concurrency() == 1)
                        .findFirst()
                        .orElseThrow();
        assertThat(1e3 / point.forecast().tpotMillis().value()).isBetween(2.5, 3.7);
        assertThat(point.forecast().assumptions())
                .anyMatch(a -> a.contains("layers on a desktop host, whose memory of 89.6 GB/s"));
    }
}
