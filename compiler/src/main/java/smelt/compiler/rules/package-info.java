/** Rewrites of the tensor stage, one class each. */
@NullMarked
package smelt.compiler.rules;

import org.jspecify.annotations.NullMarked;
