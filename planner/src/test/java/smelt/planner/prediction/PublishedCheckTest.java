package smelt.planner.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.prediction.PublishedBoard.Line;
import smelt.planner.time.CalibratedForecaster;

/** Guards forecasts against figures that others published: engines and devices that no measurement was fitted on. */
class PublishedCheckTest {
    /** Median errors when this was written, and a little. */
    private static final Map<String, Double> MOST = Map.ofEntries(
            Map.entry("all", 0.17),
            Map.entry("trtllm", 0.17),
            Map.entry("vllm", 0.18),
            Map.entry("llama.cpp", 0.15),
            Map.entry("MLPerf Inference v5.1 closed (MLCommons), tokens/s, offline", 0.19),
            Map.entry("MLPerf Inference v4.1 closed (MLCommons), tokens/s, offline", 0.25),
            Map.entry("MLPerf Inference v4.1 closed (MLCommons), tokens/s, server", 0.27),
            Map.entry("MLPerf Inference (MLCommons) by rounded shares of peaks, tokens/s, offline", 0.18),
            Map.entry("TensorRT-LLM 1.0 performance overview (NVIDIA), tokens/s, offline", 0.17),
            Map.entry("Splitwise data (Microsoft and University of Washington; MIT), ms a prompt", 0.16),
            Map.entry("Splitwise data (Microsoft and University of Washington; MIT), ms a token", 0.11),
            Map.entry("Gaudi model performance table (Intel), tokens/s, offline", 0.27),
            Map.entry("GPU-Benchmarks-on-LLM-Inference (X. Dai), tokens/s, one user", 0.14),
            Map.entry("GPU-Benchmarks-on-LLM-Inference (X. Dai), prompt tokens/s", 0.21),
            Map.entry("wall meters of DeepSeek-R1-14B (community), tokens/s, one user", 0.13));

    @Test
    void everyFigureNamesItsSource() {
        List<Published> all = Published.builtIn();
        assertThat(all).hasSizeGreaterThan(90).allMatch(p -> p.value() > 0 && p.devices() > 0);
        assertThat(all.stream().map(Published::text).distinct().count()).isGreaterThan(60);
    }

    @Test
    void forecastsStayAsNearAsTheyWere() {
        PublishedBoard board = PublishedBoard.of(CalibratedForecaster.builtIn());
        Map<String, Double> medians = new TreeMap<>();
        for (Line line : board.lines()) {
            medians.put(line.part(), line.median());
            assertThat(line.unfit()).as(line.part()).isZero();
        }
        MOST.forEach((part, most) ->
                assertThat(medians.get(part)).as(part).isNotNull().isLessThan(most));
        for (Line old : PublishedBoard.builtIn().lines()) {
            assertThat(medians.get(old.part()))
                    .as("published-board.json, %s: scripts/published makes it again", old.part())
                    .isCloseTo(old.median(), within(0.05));
        }
    }

    @Test
    void whatCannotBeUnderstoodIsToldByRowAndColumn() {
        String header = "source,published,quantity,engine,version,model,weights,device,devices,tensor,input,output,"
                + "users,value,watts,note\n";
        String good = "s,2025,offline,vllm,,llama-2-70b,fp8,h100,8,,294,294,,1000,,\n";
        assertThat(read(header + good)).hasSize(1);
        assertThatThrownBy(() -> read(header + good.replace("offline", "online")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("Row 2, column quantity");
        assertThatThrownBy(() -> read(header + good.replace("1000", "")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("Row 2, column value");
    }

    private static List<Published> read(String text) {
        return Published.read(new StringReader(text), Catalogue.builtIn());
    }
}
