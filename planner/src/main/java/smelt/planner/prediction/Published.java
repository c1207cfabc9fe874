package smelt.planner.prediction;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import smelt.base.Failure;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Resources;
import smelt.planner.model.ModelCatalogue;
import smelt.planner.model.ModelShape;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.Deployment;
import smelt.planner.time.Engine;
import smelt.planner.time.Layout;

/**
 * A figure that others published.
 *
 * @param published year, or year and month
 * @param devices all together, as copies of {@code tensor} each
 * @param tensor devices of one copy; 0: as suits best
 * @param users of all together; 0: as many as is best
 * @param value in the unit of the quantity
 * @param watts at the wall meanwhile; NaN where nobody looked
 */
record Published(
        String source,
        String published,
        Quantity quantity,
        Engine engine,
        ModelShape model,
        NumberFormats formats,
        Device device,
        int devices,
        int tensor,
        int input,
        int output,
        int users,
        double value,
        double watts) {
    private static final int[] TENSORS = {1, 2, 4, 8};

    /** What was measured. */
    enum Quantity {
        /** Output tokens a second, all requests there from the start. */
        OFFLINE("tokens/s, offline", true),
        /** The same, as many as can be without breaking MLPerf's limits. */
        SERVER("tokens/s, server", true),
        /** Milliseconds in which a prompt is computed. */
        PROMPT_MS("ms a prompt", false),
        /** Milliseconds of a decode step. */
        TOKEN_MS("ms a token", false),
        /** Tokens a second of one answer. */
        DECODE("tokens/s, one user", true),
        /** Tokens a second of one prompt. */
        PROMPT("prompt tokens/s", true);

        private final String text;
        private final boolean isRate;

        Quantity(String text, boolean isRate) {
            this.text = text;
            this.isRate = isRate;
        }

        String text() {
            return text;
        }

        boolean isRate() {
            return isRate;
        }
    }

    /** Those that come with smelt (see the README beside them). */
    static List<Published> builtIn() {
        try (Reader reader = Resources.text("published.csv")) {
            return read(reader, Catalogue.builtIn());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws Failure that names row and column of what cannot be understood; the header is row 1 */
    static List<Published> read(Reader reader, Catalogue catalogue) {
        List<List<String>> records = Csv.read(reader);
        Map<String, Integer> columns = new HashMap<>();
        records.getFirst().forEach(name -> columns.put(name, columns.size()));
        return IntStream.range(1, records.size())
                .mapToObj(i -> of(new Fields(columns, records.get(i), i + 1), catalogue))
                .toList();
    }

    private static Published of(Fields f, Catalogue catalogue) {
        return new Published(
                f.needed("source"),
                f.needed("published"),
                quantity(f),
                new Engine(f.needed("engine"), f.text("version")),
                ModelCatalogue.named(f.needed("model")),
                NumberFormats.named(f.needed("weights")),
                catalogue.device(f.needed("device")),
                f.count("devices"),
                f.count("tensor", 0),
                f.count("input"),
                f.count("output"),
                f.count("users", 0),
                f.number("value"),
                f.has("watts") ? f.number("watts") : Double.NaN);
    }

    private static Quantity quantity(Fields f) {
        String name = f.needed("quantity").toUpperCase(Locale.ROOT);
        return Arrays.stream(Quantity.values())
                .filter(q -> q.name().equals(name))
                .findFirst()
                .orElseThrow(() -> f.bad("quantity", "must be one of " + Arrays.toString(Quantity.values())));
    }

    /** The ways in which it may have been run; each is one copy. */
    List<Deployment> deployments() {
        return Arrays.stream(TENSORS)
                .filter(t -> tensor == 0 ? devices % t == 0 : t == tensor)
                .mapToObj(t -> new Layout(device, t, 1, 1, t, 1, false, 0))
                .map(layout -> new Deployment(model, formats, layout, engine))
                .toList();
    }

    /** For people: what runs where. */
    String text() {
        return model.name() + " " + formats.weights().name() + " on " + (devices == 1 ? "" : devices + " x ")
                + device.name() + " (" + engine.name() + "), " + input + "/" + output
                + (users > 1 ? ", " + users + " users" : "");
    }
}
