package smelt.planner.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.model.ModelCatalogue;
import tools.jackson.databind.JsonNode;

/**
 * Guards the planner's catalogue: every figure has an origin, names are found, user files add up or say what is wrong.
 */
final class CatalogueTest {
    private static final Catalogue BUILT_IN = Catalogue.builtIn();

    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("mine.json"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "devices-gpu.json",
                "devices-accelerator.json",
                "devices-cpu.json",
                "devices-desktop.json",
                "offers.json",
                "purchases.json",
                "api-prices.json"
            })
    void filesFollowTheWrittenSchema(String name) {
        JsonNode schemaText = JsonFile.resource("catalogue.schema.json");
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schemaText);
        assertThat(schema.validate(JsonFile.resource(name))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "h100_sxm,         h100-sxm",
        "h200_sxm,         h200-sxm",
        "b200_sxm,         b200-sxm",
        "gb200,            gb200",
        "b300_sxm,         b300-sxm",
        "gb300,            gb300",
        "a100_sxm,         a100-80-sxm",
        "l40s,             l40s",
        "NVIDIA H100 PCIe, h100-pcie",
        "GeForce RTX 4090, rtx-4090",
        "4090,             rtx-4090",
        "AMD Instinct MI300X, mi300x",
        "Apple M3 Ultra,   m3-ultra"
    })
    void namesOfRowsAndOfPeopleAreFound(String name, String device) {
        assertThat(BUILT_IN.device(name).name()).isEqualTo(device);
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> BUILT_IN.device("RTX 4080"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("rtx-4090");
        assertThatThrownBy(() -> BUILT_IN.device("")).isInstanceOf(Failure.class);
    }

    @Test
    void namesAndAliasesMeanOneDeviceEach() {
        List<String> keys = BUILT_IN.devices().stream()
                .flatMap(d -> Stream.concat(Stream.of(d.name()), d.aliases().stream())
                        .map(DeviceNames::key)
                        .distinct())
                .toList();
        assertThat(keys).doesNotHaveDuplicates();
        assertThat(BUILT_IN.devices()).hasSizeGreaterThanOrEqualTo(45);
    }

    /** Reports list them. */
    @Test
    void peaksStandInTheSameOrderInEveryProcess() {
        for (Device device : BUILT_IN.devices()) {
            assertThat(List.copyOf(device.flops().keySet())).as(device.name()).isSorted();
        }
    }

    /** What no sheet may claim: sparse peaks, both directions of a link, gigabits. */
    @Test
    void figuresStandInTheirUnits() {
        for (Device device : BUILT_IN.devices()) {
            double bf16 =
                    device.flops().getOrDefault(Precision.BF16, noFigure()).value();
            assertThat(bf16).as(device.name()).isBetween(2e11, 2.6e15);
            Figure fp8 = device.flops().get(Precision.FP8);
            if (fp8 != null) {
                assertThat(fp8.value() / bf16).as("fp8 of " + device.name()).isBetween(0.99, 2.05);
            }
            assertThat(device.memoryBandwidth().value()).as(device.name()).isBetween(3e10, 1e13);
            assertThat(device.memoryBytes().value()).as(device.name()).isBetween(1e10, 1e12);
            assertThat(device.links())
                    .allSatisfy(link -> assertThat(link.bytesPerSecond().value())
                            .as(device.name())
                            .isLessThanOrEqualTo(9e11));
        }
    }

    private static Figure noFigure() {
        return new Figure(0, Tier.ESTIMATE, "missing", LocalDate.EPOCH);
    }

    @Test
    void pricesAreOfModelsAndDevicesThatAreKnown() {
        assertThat(BUILT_IN.apiPrices())
                .isNotEmpty()
                .allSatisfy(price ->
                        assertThat(ModelCatalogue.named(price.model()).name()).isEqualTo(price.model()));
        assertThat(BUILT_IN.offers())
                .isNotEmpty()
                .allSatisfy(offer ->
                        assertThat(BUILT_IN.device(offer.device()).name()).isEqualTo(offer.device()));
        assertThat(BUILT_IN.purchases()).isNotEmpty();
    }

    @Test
    void whatNobodyCheckedIsAnEstimate() {
        Stream<Figure> ofDevices = BUILT_IN.devices().stream()
                .flatMap(d -> Stream.of(
                                d.flops().values().stream(),
                                d.links().stream().map(Link::bytesPerSecond),
                                Stream.of(d.memoryBytes(), d.memoryBandwidth(), d.watts()))
                        .flatMap(figures -> figures));
        Stream<Figure> ofPrices = Stream.of(
                        BUILT_IN.offers().stream().map(Offer::dollarsPerHour),
                        BUILT_IN.purchases().stream().map(Purchase::dollars),
                        BUILT_IN.apiPrices().stream().map(ApiPrice::inputPerMillion))
                .flatMap(figures -> figures);
        assertThat(Stream.concat(ofDevices, ofPrices))
                .filteredOn(figure -> figure.source().contains("not checked")
                        || figure.source().contains("from memory")
                        || figure.source().contains("not read again"))
                .isNotEmpty()
                .allSatisfy(
                        figure -> assertThat(figure.tier()).as(figure.source()).isEqualTo(Tier.ESTIMATE));
    }

    @Test
    void pricesOfMoreThanHalfAYearAreStale() {
        List<Figure> now = BUILT_IN.stale(LocalDate.of(2026, 11, 23));
        assertThat(now)
                .isNotEmpty()
                .allSatisfy(figure -> assertThat(figure.date()).isBefore(LocalDate.of(2026, 5, 28)));
        assertThat(BUILT_IN.stale(LocalDate.of(2020, 1, 1))).isEmpty();
        assertThat(BUILT_IN.stale(LocalDate.of(2030, 1, 1))).hasSizeGreaterThan(now.size());
    }

    @Test
    void aUserAddsADeviceAndChangesOneOfAnother() throws IOException {
        Catalogue mine = BUILT_IN.with(file("""
                {"origin": {"source": "our rack", "date": "2026-11-01", "tier": "measured_by_us"},
                 "devices": [
                   {"name": "old-card", "kind": "gpu", "tflops": {"bf16": 100}, "memory_gib": 16,
                    "bandwidth_gb_per_second": 500, "watts": 250,
                    "links": [{"kind": "pcie_host", "gb_per_second": 16, "domain": 4},
                              {"kind": "nvlink", "gb_per_second": 40, "domain": 2}]},
                   {"name": "RTX 4090", "bandwidth_gb_per_second": 940}],
                 "offers": [{"seller": "us", "instance": "rack", "device": "old card", "devices": 4,
                             "terms": "on_demand", "dollars_per_hour": 1.5}]}
                """));
        assertThat(mine.device("OLD_CARD").links().getFirst().kind()).isEqualTo(Link.Kind.NVLINK);
        assertThat(mine.device("rtx-4090").memoryBandwidth())
                .isEqualTo(new Figure(940e9, Tier.MEASURED_BY_US, "our rack", LocalDate.of(2026, 11, 1)));
        assertThat(mine.device("rtx-4090").watts())
                .isEqualTo(BUILT_IN.device("rtx-4090").watts());
        assertThat(mine.offers()).hasSize(BUILT_IN.offers().size() + 1);
        assertThat(mine.devices()).hasSize(BUILT_IN.devices().size() + 1);
    }

    @Test
    void figuresOfAUserWithoutAnOriginAreHisFiles() throws IOException {
        Path file = file("{\"purchases\": [{\"device\": \"l4\", \"dollars\": 2000, \"host_dollars_per_device\": 0}]}");
        Purchase purchase = BUILT_IN.with(file).purchases().getLast();
        assertThat(purchase.dollars().source()).isEqualTo("file mine.json");
        assertThat(purchase.dollars().tier()).isEqualTo(Tier.ESTIMATE);
    }

    @Test
    void theMachineOfTheDoctorIsADevice() throws IOException {
        Device machine = BUILT_IN.with(file("""
                {"java": "25", "machine": {"cpu": "A CPU", "physical_cores": 8, "memory_total": 34359738368,
                                           "memory_limit": null},
                 "limits": {"tier": "vnni", "gigahertz": 3.5, "memory_read_gb_per_second": 44.5, "int8_tops": 3.2,
                            "f32_tflops": 0.6}}
                """)).device("this-machine");
        assertThat(machine.kind()).isEqualTo(Device.Kind.CPU);
        assertThat(machine.memoryBandwidth().value()).isCloseTo(44.5e9, within(1.0));
        assertThat(machine.flops().keySet()).contains(Precision.INT8, Precision.F32, Precision.BF16);
        assertThat(machine.memoryBytes().tier()).isEqualTo(Tier.MEASURED_BY_US);
        assertThat(machine.watts().tier()).isEqualTo(Tier.ESTIMATE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"device\": []}",
                "{\"devices\": 7}",
                "{\"devices\": [7]}",
                "{\"devices\": [{}]}",
                "{\"devices\": [{\"name\": \"x\"}]}",
                "{\"devices\": [{\"name\": \"l4\", \"watts\": -1}]}",
                "{\"devices\": [{\"name\": \"l4\", \"watts\": 0}]}",
                "{\"devices\": [{\"name\": \"l4\", \"watts\": NaN}]}",
                "{\"devices\": [{\"name\": \"l4\", \"watts\": Infinity}]}",
                "{\"devices\": [{\"name\": \"l4\", \"watts\": \"72\"}]}",
                "{\"devices\": [{\"name\": \"l4\", \"watts\": {}}]}",
                "{\"devices\": [{\"name\": \"l4\", \"watt\": 72}]}",
                "{\"devices\": [{\"name\": \"l4\", \"memory_gib\": 24000000000}]}",
                "{\"devices\": [{\"name\": \"l4\", \"kind\": \"abacus\"}]}",
                "{\"devices\": [{\"name\": \"l4\", \"tflops\": {\"fp7\": 1}}]}",
                "{\"devices\": [{\"name\": \"l4\", \"links\": [{\"kind\": \"nvlink\"}]}]}",
                "{\"devices\": [{\"name\": \"l4\", \"origin\": {\"date\": \"yesterday\"}}]}",
                "{\"offers\": [{\"seller\": \"s\", \"instance\": \"i\", \"device\": \"l4\", \"devices\": 1, "
                        + "\"terms\": \"on_demand\"}]}",
                "{\"offers\": [{\"seller\": \"s\", \"instance\": \"i\", \"device\": \"l4\", \"devices\": 1, "
                        + "\"terms\": \"on_demand\", \"dollars_per_hour\": -3}]}",
                "{\"offers\": [{\"seller\": \"s\", \"instance\": \"i\", \"device\": \"l4\", \"devices\": 0, "
                        + "\"terms\": \"on_demand\", \"dollars_per_hour\": 3}]}",
                "{\"offers\": [{\"seller\": \"s\", \"instance\": \"i\", \"device\": \"none\", \"devices\": 1, "
                        + "\"terms\": \"on_demand\", \"dollars_per_hour\": 3}]}",
                "{\"purchases\": [{\"device\": \"l4\", \"dollars\": 1e300, \"host_dollars_per_device\": 0}]}",
                "{\"machine\": {}, \"limits\": null}",
                "{\"machine\": {}, \"limits\": {\"f32_tflops\": 1}}"
            })
    void whatIsWrongInAFileIsSaid(String text) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> BUILT_IN.with(file))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aFileThatIsMissingOrHugeIsRefused() throws IOException {
        assertThatThrownBy(() -> BUILT_IN.with(folder.resolve("none.json")))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.NOT_FOUND));
        Path deep = file("{\"devices\":".repeat(100));
        assertThatThrownBy(() -> BUILT_IN.with(deep)).isInstanceOf(Failure.class);
        Path huge = file(" ".repeat(5 << 20));
        assertThatThrownBy(() -> BUILT_IN.with(huge))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED));
    }
}
