/**
 * Queues in virtual time. In: a {@link smelt.planner.time.StepClock} and {@link smelt.planner.simulation.Arrival}s;
 * out: the distribution of what users wait for.
 */
@NullMarked
package smelt.planner.simulation;

import org.jspecify.annotations.NullMarked;
