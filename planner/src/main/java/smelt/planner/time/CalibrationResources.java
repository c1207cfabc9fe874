package smelt.planner.time;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import smelt.planner.catalogue.JsonFile;
import smelt.planner.catalogue.Resources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A calibration as two resources: {@code calibration.json} has the constants, {@code leftovers.csv} what they miss. */
public final class CalibrationResources {
    /** The columns of {@code leftovers.csv}. */
    public static final String HEADER =
            "set,engine,version,model,shape,device,generation,precision,tensor,copies,spread,"
                    + "users,devices,input,output,tpot,ttft";

    private CalibrationResources() {}

    /** Writes both files into {@code folder}. */
    public static void write(Calibration calibration, Path folder) {
        try {
            Files.writeString(folder.resolve("calibration.json"), json(calibration));
            Files.writeString(folder.resolve("leftovers.csv"), csv(calibration));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Calibration read() {
        JsonNode root = JsonFile.resource("calibration.json");
        try (BufferedReader csv = Resources.text("leftovers.csv")) {
            return new Calibration(
                    constants(root.path("logs")), leftovers(csv.lines().toList()), widths(root));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String json(Calibration calibration) {
        JsonMapper mapper = JsonMapper.shared();
        ObjectNode root = mapper.createObjectNode();
        ObjectNode logs = root.putObject("logs");
        double[] all = calibration.constants().logs();
        for (Constant constant : Constant.values()) {
            ArrayNode values = logs.putArray(constant.name().toLowerCase(Locale.ROOT));
            for (int i = constant.ordinal(); i < all.length; i += Constant.COUNT) {
                values.add(Math.round(all[i] * 1e5) / 1e5);
            }
        }
        Widths widths = calibration.widths();
        ObjectNode w = root.putObject("widths");
        for (Site.Set set : Site.Set.values()) {
            ObjectNode of = w.putObject(set.name().toLowerCase(Locale.ROOT));
            put(of.putArray("tpot"), widths.tpot()[set.ordinal()]);
            put(of.putArray("ttft"), widths.ttft()[set.ordinal()]);
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static Constants constants(JsonNode root) {
        double[] logs = new double[Constants.SIZE];
        for (Constant constant : Constant.values()) {
            JsonNode values = root.path(constant.name().toLowerCase(Locale.ROOT));
            for (int k = 0; k * Constant.COUNT + constant.ordinal() < logs.length; k++) {
                logs[k * Constant.COUNT + constant.ordinal()] = values.get(k).asDouble();
            }
        }
        return new Constants(logs);
    }

    private static void put(ArrayNode array, double[] values) {
        for (double value : values) {
            array.add(value);
        }
    }

    private static Widths widths(JsonNode root) {
        int sets = Site.Set.values().length;
        double[][] tpot = new double[sets][Widths.COLUMNS];
        double[][] ttft = new double[sets][Widths.COLUMNS];
        for (Site.Set set : Site.Set.values()) {
            JsonNode of = root.path("widths").path(set.name().toLowerCase(Locale.ROOT));
            for (int c = 0; c < Widths.COLUMNS; c++) {
                tpot[set.ordinal()][c] = of.path("tpot").get(c).asDouble();
                ttft[set.ordinal()][c] = of.path("ttft").get(c).asDouble();
            }
        }
        return new Widths(tpot, ttft);
    }

    private static String csv(Calibration calibration) {
        var out = new StringBuilder(HEADER).append('\n');
        for (Calibration.Leftover l : calibration.leftovers()) {
            out.append(line(l)).append('\n');
        }
        return out.toString();
    }

    static String line(Calibration.Leftover l) {
        Site s = l.site();
        return String.join(
                ",",
                s.set().name(),
                s.engine(),
                s.version(),
                s.model(),
                s.shape(),
                s.device(),
                "" + s.generation(),
                "" + s.precision(),
                "" + s.tensor(),
                "" + s.copies(),
                "" + s.spread(),
                whole(s.logUsers()),
                whole(s.logDevices()),
                whole(s.logInput()),
                whole(s.logOutput()),
                String.format(Locale.ROOT, "%.4f", l.tpot()),
                String.format(Locale.ROOT, "%.4f", l.ttft()));
    }

    private static String whole(double log) {
        return Long.toString(Math.round(Math.exp(log)));
    }

    private static List<Calibration.Leftover> leftovers(List<String> lines) {
        List<Calibration.Leftover> all = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] f = line.split(",", -1);
            var site = new Site(
                    Site.Set.valueOf(f[0]),
                    f[1],
                    f[2],
                    f[3],
                    f[4],
                    f[5],
                    Integer.parseInt(f[6]),
                    Integer.parseInt(f[7]),
                    Integer.parseInt(f[8]),
                    Boolean.parseBoolean(f[9]),
                    Boolean.parseBoolean(f[10]),
                    Math.log(Double.parseDouble(f[11])),
                    Math.log(Double.parseDouble(f[12])),
                    Math.log(Double.parseDouble(f[13])),
                    Math.log(Double.parseDouble(f[14])));
            all.add(new Calibration.Leftover(site, Double.parseDouble(f[15]), Double.parseDouble(f[16])));
        }
        return all;
    }
}
