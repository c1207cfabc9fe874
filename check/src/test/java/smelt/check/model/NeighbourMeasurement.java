package smelt.check.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.StepBatch;
import smelt.targets.Target;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.CpuUse;
import smelt.targets.cpu.Machine;
import smelt.targets.cpu.Tier;

/**
 * Decode beside busy processes: {@code NeighbourMeasurement model.gguf repeats 1 2 auto8 ...}. For 0, 1 and 2 busy
 * processes it decodes with each number of threads in turn, again and again, and prints the median and the spread in
 * tokens a second; {@code auto8} chooses how many of 8 run, and {@code auto} how many of the machine's. Busy processes
 * end by themselves after a minute, whatever happens here.
 */
final class NeighbourMeasurement {
    private static final int CONTEXT = 512;
    private static final int TOKENS = 64;
    private static final int MOST_BUSY = 2;
    private static final int SETTLING_MILLIS = 200;
    /** Cores that others may use before a sample counts as disturbed. */
    private static final double MOST_FOREIGN = 0.1;

    private NeighbourMeasurement() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int repeats = Integer.parseInt(arguments[1]);
        Map<String, Model> models = new LinkedHashMap<>();
        try (ModelFile file = ModelFiles.open(Path.of(arguments[0]))) {
            for (String threads : Arrays.asList(arguments).subList(2, arguments.length)) {
                models.put(threads, load(file, threads));
            }
            for (Model model : models.values()) {
                tokensPerSecond(model);
            }
            for (int busy = 0; busy <= MOST_BUSY; busy++) {
                measure(models, busy, repeats);
            }
            models.values().forEach(Model::close);
        }
    }

    private static Model load(ModelFile file, String threads) {
        Tier tier = CpuFeatures.host().choose();
        int count = threads.equals("auto") ? Machine.usualThreads() : Integer.parseInt(threads.replace("auto", ""));
        Target target = threads.startsWith("auto") ? CpuTarget.start(tier, count) : CpuTarget.startFixed(tier, count);
        LoadOptions options = new LoadOptions(CONTEXT, CONTEXT, target.threads());
        return Model.load(file, Models.build(file, new Models.Options(CONTEXT)), options, target);
    }

    /** A rate, and how many cores processes that are not ours used meanwhile. */
    private record Sample(double tokensPerSecond, double foreignCores) {}

    private static void measure(Map<String, Model> models, int busy, int repeats)
            throws IOException, InterruptedException {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        List<Process> neighbours = new ArrayList<>();
        try {
            for (int i = 0; i < busy; i++) {
                String loop = "while :; do :; done";
                neighbours.add(new ProcessBuilder("timeout", "60", "sh", "-c", loop).start());
            }
            Thread.sleep(SETTLING_MILLIS);
            for (int repeat = 0; repeat < repeats; repeat++) {
                for (Map.Entry<String, Model> model : models.entrySet()) {
                    List<Sample> all = samples.computeIfAbsent(model.getKey(), t -> new ArrayList<>());
                    all.add(sample(model.getValue()));
                }
            }
        } finally {
            neighbours.forEach(Process::destroy);
            for (Process neighbour : neighbours) {
                neighbour.waitFor();
            }
        }
        samples.forEach((threads, all) -> print(busy, threads, all));
    }

    private static Sample sample(Model model) {
        CpuUse before = CpuUse.now().orElseThrow();
        double rate = tokensPerSecond(model);
        return new Sample(rate, CpuUse.now().orElseThrow().since(before).others());
    }

    private static void print(int busy, String threads, List<Sample> all) {
        double[] clean = all.stream()
                .filter(sample -> sample.foreignCores() < MOST_FOREIGN)
                .mapToDouble(Sample::tokensPerSecond)
                .sorted()
                .toArray();
        double[] rates = clean.length > 0
                ? clean
                : all.stream().mapToDouble(Sample::tokensPerSecond).sorted().toArray();
        System.out.printf(
                "%d busy, %s threads: median %6.1f tok/s, quartiles %6.1f %6.1f, range %6.1f to %6.1f;"
                        + " %d of %d undisturbed%n",
                busy,
                threads,
                rates[rates.length / 2],
                rates[rates.length / 4],
                rates[rates.length * 3 / 4],
                rates[0],
                rates[rates.length - 1],
                clean.length,
                all.size());
    }

    private static double tokensPerSecond(Model model) {
        int[] blocks = IntStream.range(0, model.limits().blockCount()).toArray();
        long start = System.nanoTime();
        for (int position = 0; position < TOKENS; position++) {
            int[] token = {position + 1};
            model.run(new StepBatch(List.of(new StepBatch.Chunk(token, position, blocks, 0))));
        }
        return TOKENS * 1e9 / (System.nanoTime() - start);
    }
}
