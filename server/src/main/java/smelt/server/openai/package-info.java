/** OpenAI's interface. In: exchanges of its routes. Out: its JSON and events. */
@NullMarked
package smelt.server.openai;

import org.jspecify.annotations.NullMarked;
