/**
 * Which models are served, and under which names. In: a name that a client asks for. Out: a loaded model for the time
 * of the request, or a {@link smelt.server.http.Problem} that names those that are there.
 */
@NullMarked
package smelt.server.models;

import org.jspecify.annotations.NullMarked;
