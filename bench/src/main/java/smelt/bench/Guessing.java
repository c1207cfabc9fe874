package smelt.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Completion;
import smelt.engine.Engine;
import smelt.engine.EventStream;
import smelt.engine.Handle;
import smelt.engine.LoadedModel;
import smelt.engine.Metrics;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.Speculation;
import smelt.engine.Terms;
import smelt.engine.Usage;
import smelt.engine.hosting.ModelFileLoader;
import smelt.engine.sampling.Sampling;

/**
 * Measures what guessing ahead is worth to one user, on text that repeats its prompt and on text that does not. Answers
 * with guesses and without take turns on one engine, and must be the same bits.
 */
public final class Guessing {
    /** Of the text that is to be repeated. */
    private static final int TEXT = 300;
    /** How much of it stands there a second time, for the model to go on with. */
    private static final int BEGUN = 48;

    private static final int REPEATED = TEXT - BEGUN - 12;
    private static final int FREE = 240;
    /** Random tokens before free text. */
    private static final int START = 8;

    /** No model's name. */
    private static final String DRAFT = "its draft";

    private static final Sampling LIVELY = Sampling.PLAIN.withTopP(0.95);

    private final Engine engine;
    private final Random random;

    private record Answer(Completion completion, Metrics before, Metrics after) {
        Usage usage() {
            return completion.usage();
        }
    }

    /** A kind of text and what was measured of it. */
    private static final class Kind {
        private final String name;
        private final Sampling sampling;
        private final boolean repeats;
        private final List<Double> plain = new ArrayList<>();
        private final List<Double> guessing = new ArrayList<>();
        private final List<Double> ratios = new ArrayList<>();
        private int prompt;
        private int tokens;
        private long proposed;
        private long accepted;
        private long drafted;
        private long draftsAccepted;
        private boolean same = true;

        Kind(String name, Sampling sampling, boolean repeats) {
            this.name = name;
            this.sampling = sampling;
            this.repeats = repeats;
        }

        void add(Answer without, Answer with) {
            plain.add(without.usage().decodeTokensPerSecond());
            guessing.add(with.usage().decodeTokensPerSecond());
            ratios.add(guessing.getLast() / plain.getLast());
            prompt = with.usage().promptTokens();
            tokens = with.usage().completionTokens();
            proposed += with.after.proposedTokens() - with.before.proposedTokens();
            accepted += with.after.acceptedTokens() - with.before.acceptedTokens();
            drafted += with.after.drafts().proposed() - with.before.drafts().proposed();
            draftsAccepted +=
                    with.after.drafts().accepted() - with.before.drafts().accepted();
            same &= without.completion().events().equals(with.completion().events());
        }

        GuessingReport.Text report() {
            return new GuessingReport.Text(
                    name,
                    prompt,
                    tokens,
                    Spread.of(plain).orElseThrow(),
                    Spread.of(guessing).orElseThrow(),
                    Spread.of(ratios).orElseThrow(),
                    proposed,
                    accepted,
                    drafted,
                    draftsAccepted,
                    same);
        }
    }

    private final List<Kind> kinds = List.of(
            new Kind("repeats its prompt", Sampling.GREEDY, true),
            new Kind("repeats it, temperature 0.5", LIVELY.withTemperature(0.5), true),
            new Kind("free, temperature 0", Sampling.GREEDY, false),
            new Kind("free, temperature 1", LIVELY, false));

    private Guessing(Engine engine, long seed) {
        this.engine = engine;
        this.random = new Random(seed);
    }

    /**
     * Measures.
     *
     * @param models what guesses for what
     * @param plan its lengths are not looked at
     * @param progress hears what is being done
     * @throws Failure as loading a model does; LIMIT_EXCEEDED where the texts do not fit the model
     */
    public static GuessingReport run(Models models, Plan plan, Consumer<String> progress) {
        long begin = System.nanoTime();
        progress.accept("loading " + models.name);
        try (ModelFileLoader.PreparedFile prepared = models.prepare(plan);
                LoadedModel model = prepared.load()) {
            var guessing = new Guessing(model.engine(), plan.seed());
            for (int round = 0; round <= plan.repeat(); round++) {
                boolean late = System.nanoTime() - begin > plan.budget().toNanos();
                if (round < 2 || !late) {
                    guessing.measure(round, progress, "round " + round + " of " + plan.repeat() + ": ");
                }
            }
            Host host = Host.detect();
            return new GuessingReport(
                    models.name,
                    models.draft.map(Path::toString),
                    host.machine().cpu(),
                    host.tier().text(),
                    plan.threads(),
                    plan.repeat(),
                    plan.seed(),
                    guessing.kinds.stream().map(Kind::report).toList(),
                    host.remarks(plan.threads(), prepared.plan().need().weights()),
                    (System.nanoTime() - begin) / 1e9);
        }
    }

    /**
     * A model and who guesses for it.
     *
     * @param name as the user named it
     * @param draft file of the draft model; empty for none
     */
    public record Models(String name, Path file, Optional<Path> draft, Speculation how) {
        private ModelFileLoader.PreparedFile prepare(Plan plan) {
            int context = 2 * TEXT;
            Settings settings = Settings.DEFAULT.withSpeculation(how);
            var choices =
                    new ModelFileLoader.Choices(context, plan.threads(), Optional.empty(), plan.cache(), settings);
            var loader = new ModelFileLoader(
                    of -> of.equals(DRAFT) ? draft.orElseThrow() : file, choices, of -> draft.map(any -> DRAFT));
            ModelFileLoader.PreparedFile prepared = loader.prepare(name);
            int trained = prepared.plan().graph().info().contextLength();
            if (trained < context) {
                prepared.close();
                throw Failure.of(
                        FailureCode.LIMIT_EXCEEDED,
                        "A text and its repetition have " + context + " tokens, the model's context " + trained);
            }
            return prepared;
        }
    }

    /** Round 0 warms up and is not counted. */
    private void measure(int round, Consumer<String> progress, String where) {
        for (Kind kind : kinds) {
            progress.accept(round == 0 ? "warming up" : where + kind.name);
            Request request = request(kind).withLogProbs(0);
            boolean guessesFirst = round % 2 == 0;
            Answer first = answer(request, guessesFirst);
            Answer second = answer(request, !guessesFirst);
            if (round > 0) {
                kind.add(guessesFirst ? second : first, guessesFirst ? first : second);
            }
        }
    }

    /** A text that the model itself wrote, and its beginning once more; or a few random tokens to write on from. */
    private Request request(Kind kind) {
        Sampling sampling = kind.sampling.withSeed(random.nextLong());
        int[] start = random.ints(START, 0, engine.vocabulary()).toArray();
        if (!kind.repeats) {
            return Request.of(start).withMaxTokens(FREE).withSampling(sampling);
        }
        Request writing = Request.of(start).withMaxTokens(TEXT).withSampling(LIVELY.withSeed(random.nextLong()));
        int[] text = answer(writing, false).completion().ids();
        int[] prompt = Arrays.copyOf(text, TEXT + BEGUN);
        System.arraycopy(text, 0, prompt, TEXT, BEGUN);
        return Request.of(prompt).withMaxTokens(REPEATED).withSampling(sampling);
    }

    private Answer answer(Request request, boolean guesses) {
        Metrics before = engine.metrics();
        var stream = new EventStream();
        Handle handle = engine.submit(request.withTerms(Terms.DEFAULT.withSpeculation(guesses)), stream);
        try {
            return new Answer(stream.completion(), before, engine.metrics());
        } catch (InterruptedException e) {
            handle.cancel();
            Thread.currentThread().interrupt();
            throw Failure.of(FailureCode.CANCELLED, "The benchmark was interrupted")
                    .withCause(e);
        }
    }
}
