package smelt.planner.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.model.Counts;
import smelt.planner.time.Layout;
import smelt.planner.time.Measurement;

/** Guards what lines of measurements are taken to mean. */
class RowsTest {
    private static final String HEADER =
            "id,backend,backend_version,model_path,system,precision,mode,isl,osl,batch_size,tp_size,pp_size,"
                    + "attention_dp_size,moe_tp_size,moe_ep_size,concurrency";
    private static final String DENSE =
            "a,vllm,0.12.0,meta-llama/Llama-3.1-70B,h200_sxm,fp8,agg,8192,1024,64,1,1,1,1,1,64";

    @Test
    void everyPublishedLineIsUnderstood() {
        Rows rows = Measurements.rows();
        assertThat(rows.rows()).hasSize(2777).allMatch(row -> row.measured() != null);
        List<Measurement> toFit = Measurements.toFit(rows);
        assertThat(toFit).hasSizeBetween(2200, 2450);
    }

    /** A faster measurement would mean that a size, a peak or a unit is wrong. */
    @Test
    void noMeasurementBeatsTheReadingOfItsDenseWeights() {
        for (Row row : Measurements.rows().rows()) {
            var d = row.deployment();
            if (!d.model().hasExperts()) {
                double bytes = (double) Counts.weightBytes(d.model(), d.formats())
                        - Counts.embedding(d.model()) * d.formats().keptWide().bitsPerWeight() / 8;
                double seconds = bytes
                        / d.layout().tensor()
                        / d.layout().device().memoryBandwidth().value();
                assertThat(Objects.requireNonNull(row.measured()).tpotMillis() / 1e3)
                        .as(row.fields().getFirst())
                        .isGreaterThan(seconds);
            }
        }
    }

    @Test
    void ranksThatNameTheSameDevicesTwiceAreCountedOnce() {
        assertThat(layout("64,1,1,8,8,16")).matches(l -> l.tensor() == 8 && l.data() == 1 && l.expert() == 8);
        assertThat(layout("1,1,64,8,8,512")).matches(l -> l.tensor() == 1 && l.data() == 8 && l.devices() == 8);
        assertThat(layout("8,1,1,8,1,4")).matches(l -> l.tensor() == 8 && l.expert() == 1 && l.expertTensor() == 8);
        assertThat(layout("1,1,8,1,8,64")).matches(l -> l.tensor() == 1 && l.data() == 8 && l.expert() == 8);
    }

    private static Layout layout(String sizes) {
        String line = "a,trtllm,1,deepseek-ai/DeepSeek-R1,b200_sxm,fp8,agg,1024,1024,8," + sizes;
        return read(HEADER + "\n" + line).rows().getFirst().deployment().layout();
    }

    @Test
    void whatCannotBeUnderstoodIsToldByRowAndColumn() {
        refused(DENSE.replace("8192", "many"), "Row 2, column isl", "many");
        refused(DENSE.replace("8192", "-1"), "Row 2, column isl", "-1");
        refused(DENSE.replace("8192", "0"), "Row 2, column isl", "at least 1");
        refused(DENSE.replace("8192", "1.5"), "Row 2, column isl", "whole");
        refused(DENSE.replace("8192", "NaN"), "Row 2, column isl", "NaN");
        refused(DENSE.replace("8192", ""), "Row 2, column isl", "empty");
        refused(DENSE.replace("h200_sxm", "h2000"), "Row 2, column system", "h2000");
        refused(DENSE.replace("Llama-3.1-70B", "Lama-9"), "Row 2, column model_path", "Lama-9");
        refused(DENSE.replace("fp8", "fp7"), "Row 2, column precision", "fp7");
        refused(DENSE.replace(",agg,", ",agog,"), "Row 2, column mode", "agog");
        refused(DENSE + ",1", "Row 2", "17 fields");
        refused(DENSE.replace(",64,1,1,1,1,1,64", ",64,999999999,9999,1,1,1,64"), "Row 2", "devices");
    }

    private static void refused(String line, String... said) {
        assertThatThrownBy(() -> read(HEADER + "\n" + line))
                .isInstanceOf(Failure.class)
                .message()
                .contains(said);
    }

    @Test
    void filesWithoutTheColumnsAreRefused() {
        assertThatThrownBy(() -> read("")).isInstanceOf(Failure.class).hasMessageContaining("empty");
        assertThatThrownBy(() -> read("backend,isl\n"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("model_path");
        assertThatThrownBy(() -> read("isl,isl\n")).isInstanceOf(Failure.class).hasMessageContaining("isl");
    }

    @Test
    void linesComeBackWithForecasts() {
        var out = new StringBuilder();
        String header = HEADER + ",note,tpot_ms";
        Predictions.run(new StringReader(header + "\n" + DENSE + ",\"so, so\",3\n"), out);
        List<List<String>> written = Csv.read(new StringReader(out.toString()));
        assertThat(written).hasSize(2);
        assertThat(written.getFirst())
                .startsWith(HEADER.split(","))
                .endsWith(
                        "note",
                        "ttft_ms",
                        "tpot_ms",
                        "ttft_ms_low",
                        "ttft_ms_high",
                        "tpot_ms_low",
                        "tpot_ms_high",
                        "fits",
                        "saturated");
        List<String> line = written.get(1);
        assertThat(line).startsWith(DENSE.split(",")).contains("so, so").endsWith("true", "true");
        int first = HEADER.split(",").length + 1;
        assertThat(Double.parseDouble(line.get(first))).isGreaterThan(10_000);
        assertThat(Double.parseDouble(line.get(first + 1))).isBetween(60.0, 140.0);
    }

    @Test
    void linesOfWhatNobodyKnowsComeBackWithoutFigures() {
        var out = new StringBuilder();
        String unknown = DENSE.replace("Llama-3.1-70B", "Lama-9");
        String device = DENSE.replace("h200_sxm", "h2000");
        Predictions.Result result =
                Predictions.run(new StringReader(String.join("\n", HEADER, unknown, DENSE, device, unknown)), out);
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(1)).isEqualTo(unknown + ",,,,,,,,");
        assertThat(lines.get(2)).startsWith(DENSE + ",").endsWith("true,true");
        assertThat(lines.get(3)).isEqualTo(device + ",,,,,,,,");
        assertThat(result.rows()).isEqualTo(4);
        assertThat(result.empty()).isEqualTo(3);
        assertThat(result.unknown()).extracting(Predictions.Gap::first).containsExactly(2, 4);
        assertThat(result.unknown()).extracting(Predictions.Gap::rows).containsExactly(2, 1);
        assertThat(result.unknown().getFirst().reason()).contains("model_path", "Lama-9", "llama");
    }

    @Test
    void aFileOfUnknownModelsAloneIsRefused() {
        var out = new StringBuilder();
        String unknown = DENSE.replace("Llama-3.1-70B", "Lama-9");
        assertThatThrownBy(() -> Predictions.run(new StringReader(String.join("\n", HEADER, unknown, unknown)), out))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.NOT_FOUND))
                .message()
                .contains("None of the 2 rows", "Row 2, column model_path");
        assertThat(out).isEmpty();
    }

    @Test
    void nothingIsWrittenWhereALineIsBad() {
        var out = new StringBuilder();
        assertThatThrownBy(() -> Predictions.run(new StringReader(HEADER + "\n" + DENSE + "\nx"), out))
                .isInstanceOf(Failure.class);
        assertThat(out).isEmpty();
    }

    private static Rows read(String text) {
        return new RowsReader(Catalogue.builtIn()).read(new StringReader(text));
    }
}
