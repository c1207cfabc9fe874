/**
 * Answers of models, whatever the protocol. In: a {@link smelt.server.generation.Call}. Out: the pieces of all its
 * choices, in the order in which they come.
 */
@NullMarked
package smelt.server.generation;

import org.jspecify.annotations.NullMarked;
