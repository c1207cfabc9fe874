/**
 * What those who run the server see. In: requests and generations, as they are observed, and the engines' counts. Out:
 * probes, {@code /metrics}, log lines of JSON, spans; nothing of what was asked or answered.
 */
@NullMarked
package smelt.server.operations;

import org.jspecify.annotations.NullMarked;
