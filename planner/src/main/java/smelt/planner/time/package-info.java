/**
 * How long a step takes on hardware. In: a {@link smelt.planner.time.Deployment} and its load; out: seconds, memory and
 * intervals of 90%.
 */
@NullMarked
package smelt.planner.time;

import org.jspecify.annotations.NullMarked;
