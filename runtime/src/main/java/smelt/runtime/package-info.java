/**
 * One forward step. In: a model file and, step by step, a {@link smelt.runtime.StepBatch}; out: logits. Owns the packed
 * weights, the KV blocks and the compiled step; knows nothing of requests.
 */
@NullMarked
package smelt.runtime;

import org.jspecify.annotations.NullMarked;
