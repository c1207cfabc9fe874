package smelt.server.generation;

import smelt.engine.Request;

/**
 * What one request of a client wants generated.
 *
 * @param request of the first choice
 * @param choices how many answers, which differ by their randomness
 */
public record Call(Request request, int choices) {}
