package smelt.planner.prediction;

import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.catalogue.Device;
import smelt.planner.model.ModelCatalogue;
import smelt.planner.model.ModelShape;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.Deployment;
import smelt.planner.time.Engine;
import smelt.planner.time.Load;
import smelt.planner.time.Measurement;

/** Reads lines with the columns of aiconfigurator's measurements. Columns that it does not know are kept. */
public final class RowsReader {
    static final String TTFT = "silicon_ttft_ms";
    static final String TPOT = "silicon_tpot_ms";
    private static final List<String> NEEDED = List.of("backend", "model_path", "system", "isl", "osl");

    private final Catalogue catalogue;
    private final Map<String, Device> devices = new HashMap<>();
    private final Map<String, ModelShape> models = new HashMap<>();

    public RowsReader(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** @throws Failure that names row and column of what cannot be understood; the header is row 1 */
    public Rows read(Reader reader) {
        List<List<String>> records = Csv.read(reader);
        Map<String, Integer> columns = columns(records);
        List<Row> rows = new ArrayList<>(records.size());
        for (int i = 1; i < records.size(); i++) {
            rows.add(row(fields(columns, records.get(i), i + 1)));
        }
        return new Rows(records.getFirst(), rows);
    }

    /**
     * The same, but names that are not known (of models, devices, number formats) are no reason to refuse the others.
     */
    Lines lines(Reader reader) {
        List<List<String>> records = Csv.read(reader);
        Map<String, Integer> columns = columns(records);
        List<Line> lines = new ArrayList<>(records.size());
        for (int i = 1; i < records.size(); i++) {
            lines.add(line(fields(columns, records.get(i), i + 1)));
        }
        return new Lines(records.getFirst(), lines);
    }

    private Line line(Fields f) {
        try {
            return row(f);
        } catch (Failure e) {
            if (e.code() != FailureCode.NOT_FOUND) {
                throw e;
            }
            return new Unknown(f.values(), f.line(), e);
        }
    }

    private static Fields fields(Map<String, Integer> columns, List<String> values, int line) {
        if (values.size() != columns.size()) {
            throw Failure.of(
                            FailureCode.MALFORMED,
                            "Row " + line + " has " + values.size() + " fields but the header has " + columns.size())
                    .withNextStep("mend the row: fields that have commas stand in quotes, and rows have no more fields"
                            + " than the header");
        }
        return new Fields(columns, values, line);
    }

    /** Where each column stands. */
    private static Map<String, Integer> columns(List<List<String>> records) {
        if (records.isEmpty()) {
            throw badHeader("The file is empty: a header of column names is needed");
        }
        Map<String, Integer> columns = new HashMap<>();
        List<String> header = records.getFirst();
        for (int i = 0; i < header.size(); i++) {
            if (columns.put(header.get(i).strip(), i) != null) {
                throw badHeader("Two columns are named " + header.get(i).strip());
            }
        }
        for (String name : NEEDED) {
            if (!columns.containsKey(name)) {
                throw badHeader("There is no column " + name);
            }
        }
        return columns;
    }

    private static Failure badHeader(String what) {
        return Failure.of(FailureCode.MALFORMED, what)
                .withNextStep("the first line names the columns, among them " + String.join(", ", NEEDED)
                        + ", and concurrency or batch_size");
    }

    private Row row(Fields f) {
        ModelShape model = model(f);
        var engine = new Engine(f.needed("backend"), f.text("backend_version"));
        var deployment =
                new Deployment(model, formats(f, model), RowLayout.of(f, device(f), model.hasExperts()), engine);
        var load = new Load(positive(f, "isl"), positive(f, "osl"), users(f), 0);
        return new Row(f.values(), deployment, load, measured(f, deployment, load));
    }

    private static int positive(Fields f, String column) {
        int value = f.count(column);
        if (value == 0) {
            throw f.bad(column, "must be at least 1");
        }
        return value;
    }

    private static int users(Fields f) {
        if (f.has("concurrency")) {
            return positive(f, "concurrency");
        }
        if (f.has("batch_size")) {
            return product(f, "batch_size", "attention_dp_size");
        }
        if (f.has("decode_batch_size")) {
            return product(f, "decode_batch_size", "decode_attention_dp_size", "decode_num_workers");
        }
        throw f.bad("concurrency", "is empty, and so is batch_size");
    }

    private static int product(Fields f, String... columns) {
        long product = 1;
        for (String column : columns) {
            product = Math.min(product * Math.max(1, f.count(column, 1)), 1_000_000);
        }
        return (int) product;
    }

    private static @Nullable Measurement measured(Fields f, Deployment deployment, Load load) {
        if (!f.has(TTFT) || !f.has(TPOT)) {
            return null;
        }
        double ttft = f.number(TTFT);
        double tpot = f.number(TPOT);
        return ttft > 0 && tpot > 0 ? new Measurement(deployment, load, ttft, tpot) : null;
    }

    private static NumberFormats formats(Fields f, ModelShape model) {
        try {
            return NumberFormats.served(
                    model, f.text("precision"), f.text("gemm_quant_mode"), f.text("moe_quant_mode"));
        } catch (Failure failure) {
            throw f.bad("precision", failure);
        }
    }

    private Device device(Fields f) {
        String name = f.needed("system");
        try {
            return devices.computeIfAbsent(name, catalogue::device);
        } catch (Failure failure) {
            throw f.bad("system", failure);
        }
    }

    private ModelShape model(Fields f) {
        String name = f.needed("model_path");
        try {
            return models.computeIfAbsent(name, ModelCatalogue::of);
        } catch (Failure failure) {
            throw f.bad("model_path", failure);
        }
    }
}
