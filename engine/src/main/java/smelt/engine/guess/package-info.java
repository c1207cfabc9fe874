/**
 * Guesses at the next tokens, computed beside those that are due: they change how soon tokens come, never which. In:
 * the sequences of a step ({@link smelt.engine.guess.Guessed}) and what steps took; out: the
 * {@link smelt.engine.guess.Guesses} of each, as many as are expected to pay ({@link smelt.engine.guess.Speculator}).
 * They come from what a sequence said before, and from a {@link smelt.engine.guess.Draft} model.
 */
@NullMarked
package smelt.engine.guess;

import org.jspecify.annotations.NullMarked;
