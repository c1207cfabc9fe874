package smelt.planner.choice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.training.TrainingQuestion;

/** The way from what was said to a {@link TrainingQuestion}; all problems are told at once. */
public final class TrainingReader {
    private static final int MOST_TOKENS = 10_000_000;

    private final List<String> problems = new ArrayList<>();

    /** @throws Failure INVALID_ARGUMENT with all problems */
    public TrainingQuestion read(
            String model, String on, String method, String tokens, String sequence, String batch, String rank) {
        double all = tried("tokens", tokens, Quantities::count, 1.0);
        int length = tried("sequence", sequence, t -> Quantities.whole(t, 1, MOST_TOKENS), 1);
        double perStep = tried("batch", batch, Quantities::count, 1.0);
        int adapters = tried("rank", rank, t -> Quantities.whole(t, 1, 1 << 16), 1);
        TrainingQuestion.Method how = tried("method", method, TrainingReader::method, TrainingQuestion.Method.FULL);
        Question question = null;
        try {
            question = QuestionReader.read(
                    Map.of("model", List.of(model), "own", List.of(on), "input", List.of("1"), "output", List.of("1")),
                    Catalogue.builtIn());
        } catch (Failure e) {
            problems.add(e.what());
        }
        if (!problems.isEmpty() || question == null) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, String.join("\n  - ", problems));
        }
        Supply.Owned owned = question.supplies().owned().getFirst();
        return new TrainingQuestion(
                question.model(),
                owned.kind(),
                owned.devices(),
                owned.devicesPerMachine(),
                how,
                all,
                length,
                perStep,
                adapters);
    }

    private static TrainingQuestion.Method method(String text) {
        return Arrays.stream(TrainingQuestion.Method.values())
                .filter(m -> m.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of "
                        + Arrays.toString(TrainingQuestion.Method.values()).toLowerCase(Locale.ROOT) + " but is "
                        + text));
    }

    private <T> T tried(String name, String text, Function<String, T> parser, T usual) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            problems.add(name + " " + e.getMessage());
            return usual;
        }
    }
}
