/** Ollama's interface. In: exchanges of its routes. Out: its JSON and lines. */
@NullMarked
package smelt.server.ollama;

import org.jspecify.annotations.NullMarked;
