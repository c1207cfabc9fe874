/** What those who run the server ask: is it alive, is it ready, which version. */
@NullMarked
package smelt.server.operations;

import org.jspecify.annotations.NullMarked;
