/**
 * What generated text must look like. In: a {@link smelt.engine.constraint.Grammar} (a literal, a regular expression, a
 * JSON schema, GBNF, or parts put together) and the bytes of a vocabulary; out: a
 * {@link smelt.engine.constraint.Constraint}, whose cursors tell, token by token, which tokens may come next.
 *
 * <p>A grammar becomes an expression ({@code Expr}), the expression a network of a few kinds of nodes
 * ({@code Network}), and the network an automaton whose states are made as they are met ({@code Automaton}): each is a
 * set of places in the network with what lies on their stacks above a common bottom, so that the same place in another
 * depth is the same state. Which tokens fit is found by one walk over a trie of the vocabulary per state.
 */
@NullMarked
package smelt.engine.constraint;

import org.jspecify.annotations.NullMarked;
