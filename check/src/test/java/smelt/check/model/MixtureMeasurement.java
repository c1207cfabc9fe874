package smelt.check.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import smelt.engine.Engine;
import smelt.engine.Event;
import smelt.engine.Handle;
import smelt.engine.Metrics;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.Speculation;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.OpenModel;
import smelt.targets.cpu.CpuTarget;

/**
 * What eight chats feel of a long prompt, and the prompt of them: {@code java ... MixtureMeasurement MODEL [PROMPT
 * [CHATS [THREADS]]]}. Prints the time between tokens of the chats before the prompt, during it and, all of them longer
 * by then, after it; and the prompt's time alone and among them.
 */
final class MixtureMeasurement {
    private static final int CHAT_PROMPT = 128;

    private final Engine engine;
    private final Random random = new Random(1);

    private MixtureMeasurement(Engine engine) {
        this.engine = engine;
    }

    public static void main(String[] args) throws InterruptedException {
        Path path = Path.of(args[0]);
        int prompt = args.length > 1 ? Integer.parseInt(args[1]) : 6000;
        int chats = args.length > 2 ? Integer.parseInt(args[2]) : 8;
        int threads = args.length > 3 ? Integer.parseInt(args[3]) : 2;
        ModelFile file = ModelFiles.open(path);
        int context = prompt + 2048;
        ModelGraph graph = Models.build(file, new Models.Options(context));
        var options = new LoadOptions(context, prompt + 2 * chats * context / 4, threads);
        Model model = Model.load(file, graph, options, CpuTarget.start(threads));
        // guesses that are right come in bursts, and would hide what a step takes
        Settings settings = Settings.DEFAULT.withSpeculation(Speculation.NONE);
        try (Engine engine = new Engine(new OpenModel(model, graph, file), null, settings)) {
            new MixtureMeasurement(engine).run(prompt, chats);
        }
    }

    private void run(int length, int chats) throws InterruptedException {
        prompt(512);
        double alone = prompt(length);
        List<Chat> all = new ArrayList<>();
        for (int i = 0; i < chats; i++) {
            all.add(new Chat());
        }
        Thread.sleep(3000);
        all.forEach(chat -> chat.mark(true));
        Thread.sleep(3000);
        double[] before = gaps(all);
        Metrics start = engine.metrics();
        double among = prompt(length);
        Metrics end = engine.metrics();
        double[] during = gaps(all);
        Thread.sleep(3000);
        double[] after = gaps(all);
        all.forEach(chat -> chat.handle.cancel());
        print(
                "prompt of %d alone %.2f s, among %d chats %.2f s: %.0f%% lost",
                length, alone, chats, among, 100 - 100 * alone / among);
        printGaps("before", before);
        printGaps("during", during);
        printGaps("after", after);
        long steps = end.steps() - start.steps();
        double own = end.ownNanos() - start.ownNanos();
        double model = end.stepNanos() - start.stepNanos();
        print(
                "%d steps of %.1f rows; own work %.1f%%",
                steps, (double) (end.rows() - start.rows()) / steps, 100 * own / (own + model));
    }

    private static void printGaps(String when, double[] gaps) {
        print("between tokens, %s: median %.1f ms, p99 %.1f ms", when, quantile(gaps, 0.5), quantile(gaps, 0.99));
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    /** Seconds until the first token. */
    private double prompt(int length) throws InterruptedException {
        var done = new CountDownLatch(1);
        long begin = System.nanoTime();
        engine.submit(Request.of(random.ints(length, 0, 40_000).toArray()).withMaxTokens(1), event -> {
            if (event.isLast()) {
                done.countDown();
            }
        });
        done.await();
        return (System.nanoTime() - begin) / 1e9;
    }

    private static double[] gaps(List<Chat> chats) {
        return chats.stream()
                .flatMapToDouble(chat -> Arrays.stream(chat.mark(true)))
                .sorted()
                .toArray();
    }

    private static double quantile(double[] sorted, double q) {
        return sorted[(int) Math.min(sorted.length - 1, q * sorted.length)];
    }

    /** Somebody who reads without end. */
    private final class Chat implements Consumer<Event> {
        private final AtomicBoolean marked = new AtomicBoolean();
        private final List<Double> gaps = new ArrayList<>();
        private long last;
        final Handle handle;

        Chat() {
            handle =
                    engine.submit(Request.of(random.ints(CHAT_PROMPT, 0, 40_000).toArray()), this);
        }

        @Override
        public synchronized void accept(Event event) {
            long now = System.nanoTime();
            if (marked.get() && last > 0) {
                gaps.add((now - last) / 1e6);
            }
            last = now;
        }

        /** Milliseconds between tokens since the last call. */
        synchronized double[] mark(boolean on) {
            double[] taken = gaps.stream().mapToDouble(Double::doubleValue).toArray();
            gaps.clear();
            marked.set(on);
            return taken;
        }
    }
}
