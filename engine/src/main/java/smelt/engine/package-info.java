/**
 * Who runs in which step. In: {@link smelt.engine.Request}s with token ids; out: an ordered stream of
 * {@link smelt.engine.Event}s per request. One thread owns all state ({@link smelt.engine.EngineLoop}); a step is
 * schedule ({@link smelt.engine.Scheduler} over {@link smelt.engine.WaitingQueue}, {@link smelt.engine.BlockPool} and
 * {@link smelt.engine.PrefixTree}), run ({@link smelt.runtime.StepRunner}), apply ({@link smelt.engine.Sampler},
 * {@link smelt.engine.StopStrings}). {@link smelt.engine.Embedder} does the same for texts that become vectors.
 *
 * <p>Around them the models of a process: in: names; out: leases of loaded models ({@link smelt.engine.ModelHost} over
 * {@link smelt.engine.ModelFileLoader}), their memory planned before it is taken. Knows nothing of wire formats.
 */
@NullMarked
package smelt.engine;

import org.jspecify.annotations.NullMarked;
