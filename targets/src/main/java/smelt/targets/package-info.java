/**
 * What runs kernels: the interpreter that defines what a kernel means, and the processor of this machine through LLVM.
 * Kernels of the IR come in; what goes out runs a step on memory that the caller owns.
 */
@NullMarked
package smelt.targets;

import org.jspecify.annotations.NullMarked;
