package smelt.planner.model;

import smelt.planner.catalogue.Precision;

/**
 * How a deployment keeps its numbers.
 *
 * @param weights of attention and dense layers
 * @param expertWeights of routed and shared experts
 * @param keptWide embedding, head, norms, routers: as the checkpoint keeps them
 * @param arithmetic of the matrices of {@code weights}
 * @param kvBytes per number of keys and values
 */
public record NumberFormats(
        WeightFormat weights,
        WeightFormat expertWeights,
        WeightFormat keptWide,
        Precision arithmetic,
        double kvBytes) {}
