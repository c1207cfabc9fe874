package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import smelt.runtime.NullRunner;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: a rehearsal does what the engine does, request by request, to the nanosecond. */
class RehearsalTest {
    private static final int SEEDS = 300;
    private static final int BLOCK = 16;

    /** What a request got, and when. */
    private record Heard(long first, long last, int cached) {}

    private record Wanted(long due, int[] prompt, int output) {}

    private final List<int[]> answers = new ArrayList<>();
    private long preemptions;

    @Test
    void itsScheduleIsThatOfTheEngine() {
        long gaveWay = 0;
        int cached = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            var limits = new Limits(97, 256, BLOCK, 16 + random.nextInt(16), 1 + random.nextInt(64), 64);
            var settings = new Settings(limits.maxRows(), 1 + random.nextInt(12), 1 << 20, Speculation.NONE);
            long step = 16_000L * random.nextInt(1000);
            long row = 16_000L * (1 + random.nextInt(100));
            List<Wanted> wanted = wanted(random);
            List<Heard> engine = runEngine(limits, settings, step, row, wanted);
            long expected = preemptions;
            assertThat(rehearse(limits, settings, step, row, wanted))
                    .as("seed %d", seed)
                    .isEqualTo(engine);
            assertThat(preemptions).as("seed %d", seed).isEqualTo(expected);
            gaveWay += preemptions;
            cached += engine.stream().mapToInt(Heard::cached).sum();
        }
        assertThat(gaveWay).isGreaterThan(SEEDS / 4);
        assertThat(cached).isGreaterThan(100 * SEEDS);
    }

    private static List<Wanted> wanted(Random random) {
        List<Wanted> all = new ArrayList<>();
        long due = 0;
        for (int i = 0; i < 20; i++) {
            due += random.nextInt(3) == 0 ? 0 : random.nextLong(50_000_000);
            int[] prompt = Steps.prompt(1 + random.nextInt(160), random.nextInt(3) == 0 ? 1 : i + 2);
            all.add(new Wanted(due, prompt, 1 + random.nextInt(60)));
        }
        return all;
    }

    private List<Heard> runEngine(Limits limits, Settings settings, long step, long row, List<Wanted> wanted) {
        long[] now = {0};
        var runner = NullRunner.timed(limits, step, row, nanos -> now[0] += nanos);
        var loop = new EngineLoop(runner, null, settings, () -> now[0]);
        Heard[] heard = new Heard[wanted.size()];
        answers.clear();
        int sent = 0;
        while (true) {
            for (; sent < wanted.size() && wanted.get(sent).due() <= now[0]; sent++) {
                answers.add(wanted.get(sent).prompt());
                submit(loop, wanted.get(sent), sent, heard, now);
            }
            if (loop.doWork() == 0) {
                if (sent == wanted.size()) {
                    break;
                }
                now[0] = Math.max(now[0], wanted.get(sent).due());
            }
        }
        preemptions = loop.metrics().preemptions();
        return Arrays.asList(heard);
    }

    private void submit(EngineLoop loop, Wanted wanted, int index, Heard[] heard, long[] now) {
        Request request = Request.of(wanted.prompt()).withMaxTokens(wanted.output());
        long[] first = {-1};
        Steps.submit(loop, request, event -> {
            if (event instanceof Event.Token token) {
                first[0] = first[0] < 0 ? now[0] : first[0];
                int[] before = answers.get(index);
                int[] after = Arrays.copyOf(before, before.length + 1);
                after[before.length] = token.id();
                answers.set(index, after);
            } else if (event instanceof Event.Finished finished) {
                heard[index] = new Heard(first[0], now[0], finished.usage().cachedTokens());
            }
        });
    }

    private List<Heard> rehearse(Limits limits, Settings settings, long step, long row, List<Wanted> wanted) {
        long[] now = {0};
        long[] first = new long[wanted.size()];
        Heard[] heard = new Heard[wanted.size()];
        var rules = new Rehearsal.Rules(
                BLOCK,
                limits.blockCount(),
                settings.stepTokens(),
                settings.maxRunning(),
                settings.maxQueuedTokens(),
                PromptSharing.PACED,
                16,
                true);
        var rehearsal = new Rehearsal(rules, new Rehearsal.Audience() {
            @Override
            public void first(long ticket) {
                first[(int) ticket] = now[0];
            }

            @Override
            public void last(long ticket, int cached) {
                heard[(int) ticket] = new Heard(first[(int) ticket], now[0], cached);
            }
        });
        int sent = 0;
        while (true) {
            for (; sent < wanted.size() && wanted.get(sent).due() <= now[0]; sent++) {
                int[] tokens = answers.get(sent);
                rehearsal.add(tokens, wanted.get(sent).prompt().length, tokens.length);
            }
            if (rehearsal.schedule(now[0])) {
                doStep(rehearsal, step, row, now);
            } else if (sent < wanted.size()) {
                now[0] = Math.max(now[0], wanted.get(sent).due());
            } else {
                break;
            }
        }
        preemptions = rehearsal.preemptions();
        return Arrays.asList(heard);
    }

    private static void doStep(Rehearsal rehearsal, long step, long row, long[] now) {
        if (!rehearsal.isEmpty()) {
            int alike = rehearsal.alike();
            long nanos = step + row * (rehearsal.promptRows() + rehearsal.decodeRows());
            // those who come in between are taken in later: one of them only is taken where that could matter
            int steps = rehearsal.isFull() ? alike : 1;
            for (int i = 0; i < steps; i++) {
                rehearsal.observe(nanos);
                now[0] += nanos;
            }
            rehearsal.apply(steps);
        }
        if (rehearsal.hasAside()) {
            long all = step + row * rehearsal.promptRows();
            long nanos = rehearsal.asideNanos(all);
            now[0] += nanos;
            rehearsal.applyAside(nanos, all);
        }
    }
}
