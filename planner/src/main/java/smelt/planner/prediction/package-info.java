/**
 * Rows of measurements to predictions and back: reads and writes the CSV of {@code smelt plan predict}, fits the
 * constants of {@link smelt.planner.time} on rows, and tells by rows that were left out how wrong the predictions are.
 */
@NullMarked
package smelt.planner.prediction;

import org.jspecify.annotations.NullMarked;
