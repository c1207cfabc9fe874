/**
 * What can be bought or rented, as figures with origins. In: the data files of this package and those of the user; out:
 * {@link smelt.planner.catalogue.Device}s with peaks, memory, links and power, and what they cost. Knows no model and
 * no engine.
 */
@NullMarked
package smelt.planner.catalogue;

import org.jspecify.annotations.NullMarked;
