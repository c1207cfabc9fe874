/**
 * Measures what a user of this machine gets from a model, and how much of the machine's limits that is. A model file
 * comes in; rates with their spread, shares of what memory and arithmetic reached in the same seconds, the same figures
 * of other engines on the same file, and the proof that results are the same bits go out. Nothing here knows a result
 * beforehand.
 */
@NullMarked
package smelt.bench;

import org.jspecify.annotations.NullMarked;
