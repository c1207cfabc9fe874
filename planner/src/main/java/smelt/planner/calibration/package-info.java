/**
 * What this machine will do with a model, before it is loaded: the kernels of a step were timed one by one, and a new
 * model's step is a list of such kernels. Times of kernels come in and are kept as a file; rates of every kind of
 * kernel, and from them and a model's header its speed and memory with their uncertainty, go out.
 */
@NullMarked
package smelt.planner.calibration;

import org.jspecify.annotations.NullMarked;
