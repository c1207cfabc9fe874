/** Anthropic's interface. In: exchanges of its routes. Out: its JSON and events. */
@NullMarked
package smelt.server.anthropic;

import org.jspecify.annotations.NullMarked;
