/**
 * The reference target: a plain interpreter of kernels. What it computes is what a kernel means; every compiled kernel
 * equals it to the bit. It checks every access against the memory it was given.
 */
@NullMarked
package smelt.targets.reference;

import org.jspecify.annotations.NullMarked;
