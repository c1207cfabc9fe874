package smelt.server.anthropic;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Optional;
import smelt.engine.Request;
import smelt.engine.Terms;
import smelt.engine.sampling.Sampling;
import smelt.server.answers.AnswerForm;
import smelt.server.answers.Conversation;
import smelt.server.answers.Shape;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Call;
import smelt.server.generation.Generation;
import smelt.server.generation.SamplingReader;
import smelt.server.generation.Serving;
import smelt.server.http.Dialect;
import smelt.server.http.Exchange;
import smelt.server.models.ServedModels;

/** {@code /v1/messages}. */
final class Messages {
    static final Fields FIELDS = Fields.of("/v1/messages", PromptFields.FIELDS)
            .and(List.of(
                    supported("max_tokens", Kind.INTEGER, "required; the room left in the context is a limit anyway")
                            .atLeast(1),
                    supported("stop_sequences", Kind.STRINGS, "the answer ends before the first of these texts"),
                    supported("stream", Kind.BOOLEAN, "whether the answer comes as events"),
                    supported("temperature", Kind.NUMBER, "0 to 2, default 1; 0 takes the most likely token")
                            .between(0, 2),
                    supported("top_p", Kind.NUMBER, "0 to 1, default 1").between(0, 1),
                    supported("top_k", Kind.INTEGER, "0: all, the default").atLeast(0),
                    supported("seed", Kind.INTEGER, "as in OpenAI's interface; by default another every time"),
                    ignored("metadata", Kind.OBJECT, "nothing is kept by user"),
                    ignored("service_tier", Kind.STRING, "there is one"),
                    ignored("inference_geo", Kind.STRING, "answers are made where the server is"),
                    ignored("diagnostics", Kind.OBJECT, "there are none"),
                    ignored("fallbacks", Kind.ANY, "no model here declines what it is asked"),
                    ignored("fallback_credit_token", Kind.STRING, PromptFields.NO_BILLS),
                    refused("container", Kind.ANY, "the server runs no code"),
                    refused("compaction", Kind.OBJECT, "the server sums up no conversations"),
                    refused("thread", Kind.OBJECT, "nothing is stored; send the whole conversation as messages")
                            .withCode(Dialect.NO_THREADS)));

    private final Serving serving;

    Messages(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        Conversation chat = PromptFields.read(body, serving.limits());
        Optional<Shape> shape = PromptFields.shape(body, serving.limits());
        body.required("max_tokens");
        boolean streams = body.flag("stream", false);
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            int[] prompt = chat.prompt(use.model(), "messages");
            AnswerForm form = chat.form(use.model(), prompt, shape);
            Request request = form.constrained(
                            request(body, prompt, exchange)
                                    .withEndIds(use.model().endIds()),
                            use.model())
                    .withTextContinued(chat.options().continuesLast());
            try (Generation generation = Generation.start(
                    use.name(), use.model().engine(), List.of(new Call(request, 1)), serving, exchange)) {
                var answer = new MessageAnswer(use, request, form.answer("toolu_"), generation, exchange);
                if (streams) {
                    answer.stream();
                } else {
                    answer.whole();
                }
            }
        }
    }

    private Request request(Body body, int[] prompt, Exchange exchange) {
        return Request.of(prompt)
                .withSampling(sampling(body))
                .withMaxTokens(body.integer("max_tokens", 1, 1, Integer.MAX_VALUE))
                .withStop(SamplingReader.stops(body, "stop_sequences", serving.limits()))
                .withTerms(Terms.DEFAULT.withKey(exchange.caller()));
    }

    private static Sampling sampling(Body body) {
        return Sampling.PLAIN
                .withTemperature(body.number("temperature", 1, 0, 2))
                .withTopK(body.integer("top_k", 0, 0, Integer.MAX_VALUE))
                .withTopP(body.number("top_p", 1, 0, 1))
                .withSeed(SamplingReader.seed(body));
    }
}
