/**
 * Checks of the project as a whole: the order of the rooms, the budgets of the sources, what tracked files may hold,
 * the launcher. In: the sources and class files of all rooms. Out: a list of {@code file:line} with what to do.
 */
@NullMarked
package smelt.check;

import org.jspecify.annotations.NullMarked;
