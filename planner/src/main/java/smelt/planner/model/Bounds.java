package smelt.planner.model;

import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * Above any real model, and so small that no count of a shape within them overflows: at most 2^20 x 2^20 numbers in a
 * matrix, 2^14 experts of three, 2^12 layers are 2^68 in theory, so whole models are counted with exact arithmetic.
 */
final class Bounds {
    static final int WIDTH = 1 << 20;
    static final int HEADS = 1 << 14;
    static final int LAYERS = 1 << 12;
    static final int EXPERTS = 1 << 14;
    static final int VOCABULARY = 1 << 24;

    private Bounds() {}

    static void check(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "A model's " + what + " must be " + least + " to " + most + " but is " + value);
        }
    }
}
