package smelt.server.openai;

import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.required;
import static smelt.server.fields.Field.supported;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.server.answers.AnswerForm;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Call;
import smelt.server.generation.Generation;
import smelt.server.generation.Prompts;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;

/** {@code /v1/completions}: text that is continued. */
final class Completions {
    private static final int USUAL_TOKENS = 16;
    private static final int MOST_ANSWERS = 4096;

    static final Fields FIELDS = Fields.of(
                    "/v1/completions",
                    List.of(
                            required("prompt", Kind.PROMPTS, "what is continued; each gets answers of its own"),
                            supported("model", Kind.STRING, "by default the first that is served"),
                            supported("max_tokens", Kind.INTEGER, "0 or more, default 16")
                                    .atLeast(0),
                            supported(
                                            "best_of",
                                            Kind.INTEGER,
                                            "so many answers are made, and the n with the best mean log-probability "
                                                    + "are told; not with stream")
                                    .atLeast(1),
                            supported("echo", Kind.BOOLEAN, "whether the prompt stands before its answer"),
                            supported(
                                            "logprobs",
                                            Kind.INTEGER,
                                            "0 to 20: log-probabilities of the model itself, before temperature and "
                                                    + "penalties, with so many of the most likely ones; with echo of "
                                                    + "the prompt's tokens too")
                                    .between(0, TokenDetails.MOST_TOP),
                            supported(
                                    "add_special_tokens",
                                    Kind.BOOLEAN,
                                    "whether a text gets the begin token that the model wants, default true"),
                            refused(
                                    "suffix",
                                    Kind.STRING,
                                    "text is continued, not filled in",
                                    SamplingFields::isEmpty)))
            .and(AnswerFields.FIELDS)
            .and(TokenDetails.FIELDS)
            .and(SamplingFields.FIELDS);

    private final Serving serving;

    Completions(Serving serving) {
        this.serving = serving;
    }

    /**
     * What is to be answered.
     *
     * @param shown answers to each prompt that are told
     * @param made answers to each prompt, of which the best are told
     */
    record Wanted(List<Prompt> prompts, int shown, int made, boolean echo, TokenDetails details) {}

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        AnswerForm form = AnswerForm.of(ShapeFields.read(body, serving.limits()));
        boolean usage = AnswerFields.includesUsage(body);
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            Wanted wanted = wanted(body, use.model());
            List<Call> calls = wanted.prompts().stream()
                    .map(prompt -> new Call(
                            form.constrained(request(prompt, wanted, body, use.model(), exchange), use.model()),
                            wanted.made()))
                    .toList();
            try (Generation generation =
                    Generation.start(use.name(), use.model().engine(), calls, serving, exchange)) {
                var answer = new CompletionAnswer(use, wanted, generation, exchange);
                if (body.flag("stream", false)) {
                    answer.stream(usage);
                } else {
                    answer.whole();
                }
            }
        }
    }

    private Wanted wanted(Body body, LoadedModel model) {
        model.engine(); // a model that does not write says so
        int shown = SamplingFields.choices(body, serving.limits());
        int made = body.integer("best_of", shown, 1, serving.limits().choices());
        if (made < shown) {
            throw Problem.invalid("best_of", "best_of is " + made + ", less than n, " + shown);
        }
        if (made > shown && body.flag("stream", false)) {
            throw Problem.invalid("best_of", "best_of is not for stream: true");
        }
        boolean special = body.flag("add_special_tokens", true);
        List<Prompt> prompts = Prompt.all(
                body.required("prompt"),
                "prompt",
                text -> special
                        ? model.rawPrompt(text)
                        : model.requireTokenizer().encode(text, false, true));
        if ((long) prompts.size() * made > MOST_ANSWERS) {
            throw Problem.invalid(
                    "prompt", prompts.size() + " prompts with " + made + " answers each are more than " + MOST_ANSWERS);
        }
        Optional<Integer> top = body.has("logprobs")
                ? Optional.of(body.integer("logprobs", 0, 0, TokenDetails.MOST_TOP))
                : Optional.empty();
        return new Wanted(
                prompts,
                shown,
                made,
                body.flag("echo", false),
                TokenDetails.read(body, top.isPresent(), top.orElse(0)));
    }

    private Request request(Prompt prompt, Wanted wanted, Body body, LoadedModel model, Exchange exchange) {
        int maxTokens = AnswerFields.maxTokens(body, 0, USUAL_TOKENS, "max_tokens");
        Prompts.checkLength(prompt.ids(), Math.min(1, maxTokens), model, "prompt");
        SamplingFields.checkIds(Arrays.stream(prompt.ids()), "prompt", model);
        Request request = SamplingFields.request(prompt.ids(), maxTokens, body, model, exchange, serving.limits())
                .withTextContinued(true);
        if (wanted.echo() && wanted.details().scored()) {
            return wanted.details().withAll(request);
        }
        boolean ranks = wanted.made() > wanted.shown() && !request.logProbs();
        return wanted.details().with(ranks ? request.withLogProbs(0) : request);
    }
}
