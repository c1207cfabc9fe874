/**
 * Kernels as LLVM IR text. No fast-math flag is ever written, so every target gives the bits of the reference
 * interpreter; what differs between targets is in {@link smelt.compiler.llvm.Instructions} alone.
 */
@NullMarked
package smelt.compiler.llvm;

import org.jspecify.annotations.NullMarked;
