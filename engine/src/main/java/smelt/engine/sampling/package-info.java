/**
 * Which token comes next. In: a row of logits and its {@link smelt.engine.sampling.Sampling}; out: a token, and
 * {@link smelt.engine.sampling.LogProbs} where they are wanted ({@link smelt.engine.sampling.Sampler}). A function of
 * the row, the tokens before it and (seed, choice, position), to the bit on every JVM; reads no more of a row than the
 * answer depends on.
 */
@NullMarked
package smelt.engine.sampling;

import org.jspecify.annotations.NullMarked;
