/**
 * How long training takes and whether it has room. In: a model's shape, devices, a method and so many tokens; out: for
 * each layout (tensor, pipeline, data parallel, ZeRO) bytes of a device and seconds of a step, term by term.
 */
@NullMarked
package smelt.planner.training;

import org.jspecify.annotations.NullMarked;
