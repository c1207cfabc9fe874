package smelt.planner.choice;

import java.util.List;
import smelt.planner.model.ModelShape;

/** A choice between invented prices, by an invented forecaster. */
public final class SampleChoice {
    private SampleChoice() {}

    public static Choice named(String modelName) {
        ModelShape model = Sample.LLAMA_70B;
        var market = new Market(
                List.of(Sample.H100, Sample.RTX_4090),
                List.of(
                        Sample.rented(Sample.H100, 8, 24).offer(),
                        Sample.rented(Sample.H100, 1, 3.3).offer(),
                        Sample.rented(Sample.RTX_4090, 8, 3.2).offer()),
                List.of(
                        Sample.bought(Sample.H100, 30000, 6000).purchase(),
                        Sample.bought(Sample.RTX_4090, 2000, 800).purchase()),
                List.of(Sample.api()),
                List.of());
        var question = new Question(
                modelName,
                new ModelShape(
                        modelName,
                        model.vocabulary(),
                        model.hidden(),
                        false,
                        model.contextLength(),
                        model.layers(),
                        model.source()),
                Sample.demand(2),
                List.of(new Constraint(Measure.TTFT, 2), new Constraint(Measure.TPOT, 0.1)),
                new Supplies(List.of(new Supply.Owned(Sample.RTX_4090, 1, 4)), true, List.of(), true, Sample.TERMS),
                Economy.USUAL,
                new SearchSpace(List.of(), List.of(), List.of(), 8, false, Hosts.DESKTOP, false),
                market);
        return new Planner(new RooflineForecaster()).choose(question, Progress.NONE);
    }
}
