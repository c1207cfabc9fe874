/**
 * Who runs in which step. In: {@link smelt.engine.Request}s with token ids; out: an ordered stream of
 * {@link smelt.engine.Event}s per request. One thread owns all state ({@link smelt.engine.EngineLoop}); a step is
 * schedule ({@link smelt.engine.Scheduler} over {@link smelt.engine.WaitingQueue} and {@link smelt.engine.cache}), run
 * ({@link smelt.runtime.StepRunner}), apply ({@link smelt.engine.sampling}, {@link smelt.engine.StopStrings}).
 * {@link smelt.engine.Embedder} does the same for texts that become vectors. Knows nothing of wire formats.
 *
 * <p>What can be told without knowing a request lies in packages of its own, which know nothing of this one:
 * {@link smelt.engine.sampling} chooses tokens, {@link smelt.engine.guess} guesses at them, {@link smelt.engine.cache}
 * keeps blocks of keys and values. {@link smelt.engine.hosting}, the models of a process, is built upon this one. What
 * is left here stays together: admission, queue, scheduler, loop and meter all touch {@link smelt.engine.Sequence}, and
 * a cut between them would make it public.
 */
@NullMarked
package smelt.engine;

import org.jspecify.annotations.NullMarked;
