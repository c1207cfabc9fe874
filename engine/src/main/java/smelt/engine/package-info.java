/**
 * Who runs in which step. In: {@link smelt.engine.Request}s with token ids; out: an ordered stream of
 * {@link smelt.engine.Event}s per request. One thread owns all state ({@link smelt.engine.EngineLoop}); a step is
 * schedule ({@link smelt.engine.Scheduler} over {@link smelt.engine.WaitingQueue}, {@link smelt.engine.BlockPool} and
 * {@link smelt.engine.PrefixTree}), run ({@link smelt.runtime.StepRunner}), apply ({@link smelt.engine.Sampler},
 * {@link smelt.engine.StopStrings}). Knows nothing of templates, files or wire formats.
 */
@NullMarked
package smelt.engine;

import org.jspecify.annotations.NullMarked;
