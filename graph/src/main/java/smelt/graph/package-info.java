/**
 * The IR. One node type carries a program from the model's graph of row operations down to the instructions of a
 * kernel: {@link smelt.graph.Node}, interned by {@link smelt.graph.Graph}, so identity is equality. Models come in as
 * sections of tensor operations; what goes out is read by the compiler, the printer and the cost model alike.
 */
@NullMarked
package smelt.graph;

import org.jspecify.annotations.NullMarked;
