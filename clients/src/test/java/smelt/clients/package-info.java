/**
 * Clients that others wrote, as they are, against a running server with a real model: that what they promise to their
 * users holds with smelt behind them. In come their libraries and packages, out come tests.
 */
@NullMarked
package smelt.clients;

import org.jspecify.annotations.NullMarked;
