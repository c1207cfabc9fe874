/**
 * Which hardware, which layout, at what cost. In: what is wanted, owned and forbidden; out: a ranked Pareto set, with
 * the reasons why the others lost.
 */
@NullMarked
package smelt.planner.choice;

import org.jspecify.annotations.NullMarked;
