/**
 * HTTP, and nothing of models: routes, the reading of requests, the writing of answers, who may ask.
 *
 * <p>In: bytes of clients. Out: an {@link smelt.server.http.Exchange} for the handler of a
 * {@link smelt.server.http.Route}, and on the wire what the handler says, or its {@link smelt.server.http.Problem} in
 * the {@link smelt.server.http.Dialect} of the route.
 */
@NullMarked
package smelt.server.http;

import org.jspecify.annotations.NullMarked;
