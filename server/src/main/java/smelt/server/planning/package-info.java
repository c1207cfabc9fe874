/**
 * What {@code smelt plan} answers, over HTTP. In: a question as JSON; out: the choice as JSON. One at a time, on a
 * thread that gives way to generation.
 */
@NullMarked
package smelt.server.planning;

import org.jspecify.annotations.NullMarked;
