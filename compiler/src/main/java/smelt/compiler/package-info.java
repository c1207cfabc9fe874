/**
 * From a model's graph to kernels and LLVM IR. {@link smelt.compiler.Pipeline} is the one list of passes. In: sections
 * of tensor operations; out: a {@link smelt.compiler.StepProgram}, whose kernels a target compiles or interprets, and
 * whose arguments the runtime binds to memory.
 */
@NullMarked
package smelt.compiler;

import org.jspecify.annotations.NullMarked;
