/** A plan for people to read: one HTML file that needs nothing else. */
@NullMarked
package smelt.planner.report;

import org.jspecify.annotations.NullMarked;
