package smelt.server.generation;

import smelt.engine.Event;

/**
 * Something of one choice.
 *
 * @param choice counted through all calls of a generation, in their order
 * @param event as the engine told it
 * @param nanos when it did, since the generation was started
 */
public record Piece(int choice, Event event, long nanos) {}
