package smelt.planner.model;

import smelt.planner.catalogue.Precision;

/**
 * How weights are kept.
 *
 * @param bitsPerWeight all told, with scales: nvfp4 4.5, Q4_K 4.5, fp8 8
 * @param arithmetic that multiplies them where the device can
 */
public record WeightFormat(String name, double bitsPerWeight, Precision arithmetic) {}
