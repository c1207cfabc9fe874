package smelt.planner.choice;

import java.util.List;
import smelt.planner.model.ModelShape;

/**
 * What somebody wants to know before he buys.
 *
 * @param modelName as it was asked for; start commands take it
 */
public record Question(
        String modelName,
        ModelShape model,
        Demand demand,
        List<Constraint> constraints,
        Supplies supplies,
        Economy economy,
        SearchSpace space,
        Market market) {
    public Question {
        constraints = List.copyOf(constraints);
    }

    Question with(Demand other) {
        return new Question(modelName, model, other, constraints, supplies, economy, space, market);
    }

    Question with(Supplies others) {
        return new Question(modelName, model, demand, constraints, others, economy, space, market);
    }

    Question with(SearchSpace other) {
        return new Question(modelName, model, demand, constraints, supplies, economy, other, market);
    }

    Question with(List<Constraint> others) {
        return new Question(modelName, model, demand, others, supplies, economy, space, market);
    }
}
