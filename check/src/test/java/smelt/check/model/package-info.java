/** Whole models, from their files to log-probabilities. */
@NullMarked
package smelt.check.model;

import org.jspecify.annotations.NullMarked;
