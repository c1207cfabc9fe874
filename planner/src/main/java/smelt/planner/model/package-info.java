/**
 * Models as their tensors say, without weights. In: a name of the catalogue, a Hugging Face config, the header of a
 * GGUF file; out: a {@link smelt.planner.model.ModelShape}, and by {@link smelt.planner.model.Counts} its parameters,
 * bytes and operations, exact to the tensor.
 */
@NullMarked
package smelt.planner.model;

import org.jspecify.annotations.NullMarked;
