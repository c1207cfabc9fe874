package smelt.server.planning;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import smelt.base.Failure;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.choice.PlanSetting;
import smelt.planner.choice.Planner;
import smelt.planner.choice.Progress;
import smelt.planner.choice.Question;
import smelt.planner.choice.QuestionReader;
import smelt.planner.model.ModelCatalogue;
import smelt.planner.model.ModelShape;
import smelt.planner.report.ChoiceJson;
import smelt.planner.time.Forecaster;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;

/** {@code POST /plan}: a question with the names of its YAML file, answered as {@code smelt plan --json} does. */
final class Plans {
    /** A search that takes longer on one thread is too wide a question for a server. */
    static final Duration LONGEST = Duration.ofMinutes(2);

    private static final Duration BUSY = Duration.ofSeconds(5);
    private static final int MOST_VALUES = 64;
    private static final int MOST_CHARACTERS = 200;

    /** Settings that name files of the machine that plans. */
    private static final Set<String> FILES = Set.of("catalogue", "trace", "measurements");

    static final Fields FIELDS =
            Fields.of("/plan", PlanSetting.ALL.stream().map(Plans::field).toList());

    private final Serving serving;
    private final Supplier<Forecaster> forecaster;
    private final Duration longest;
    private final Semaphore turn = new Semaphore(1);

    /** @param longest that one answer may take */
    Plans(Serving serving, Supplier<Forecaster> forecaster, Duration longest) {
        this.serving = serving;
        this.forecaster = forecaster;
        this.longest = longest;
    }

    private static Field field(PlanSetting setting) {
        Kind kind = setting.label().isEmpty() ? Kind.BOOLEAN : setting.isMany() ? Kind.VALUES : Kind.VALUE;
        if (FILES.contains(setting.name())) {
            return Field.refused(setting.name(), kind, "the server reads no files for its clients; smelt plan does");
        }
        if (setting.name().equals("model")) {
            return Field.required("model", Kind.STRING, "the name of a known model, or its Hugging Face id");
        }
        String usual = setting.usual().isEmpty() ? "" : "; by default " + setting.usual();
        return Field.supported(setting.name(), kind, setting.meaning() + usual);
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        Question question = QuestionReader.read(said(body), Catalogue.builtIn(), Plans::shape);
        if (!turn.tryAcquire()) {
            throw Problem.of(429, "Another plan is being made", "rate_limit_error", "rate_limit_exceeded")
                    .withRetryAfter(BUSY);
        }
        JsonNode answer;
        try {
            answer = Background.run(exchange, longest, check -> {
                var planner = new Planner(new CheckedForecaster(forecaster.get(), check));
                return ChoiceJson.of(planner.choose(question, Progress.NONE));
            });
        } finally {
            turn.release();
        }
        exchange.reply(200, answer);
    }

    /** By name alone: files are not for clients. */
    private static ModelShape shape(String name) {
        try {
            return ModelCatalogue.named(name);
        } catch (Failure e) {
            throw Failure.of(e.code(), e.what());
        }
    }

    private static Map<String, List<String>> said(Body body) {
        Map<String, List<String>> said = new LinkedHashMap<>();
        for (Field field : FIELDS.all()) {
            if (field.use() == Field.Use.SUPPORTED) {
                body.any(field.name()).ifPresent(value -> said.put(field.name(), texts(field.name(), value)));
            }
        }
        return said;
    }

    private static List<String> texts(String name, JsonNode value) {
        List<String> texts = new ArrayList<>();
        for (JsonNode one : value.isArray() ? value.values() : List.of(value)) {
            String text = one.asString("");
            if (text.length() > MOST_CHARACTERS) {
                throw Problem.invalid(name, name + " has a value of more than " + MOST_CHARACTERS + " characters");
            }
            texts.add(text);
        }
        if (texts.size() > MOST_VALUES) {
            throw Problem.invalid(name, name + " has " + texts.size() + " values, more than " + MOST_VALUES);
        }
        return texts;
    }
}
