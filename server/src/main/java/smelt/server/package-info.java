/**
 * {@code smelt serve}: models behind the interfaces that programs already use. In: settings and a
 * {@link smelt.engine.hosting.ModelHost}. Out: a listening server, which joins the routes of all protocols.
 */
@NullMarked
package smelt.server;

import org.jspecify.annotations.NullMarked;
