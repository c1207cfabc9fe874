package smelt.compiler;

import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.KernelBuilder;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * The elementary functions, written out in IEEE operations so that every target gives the same bits. Polynomial of exp:
 * Cephes (public domain) as used for single precision; erf: Abramowitz and Stegun 7.1.26, absolute error 1.5e-7.
 */
final class Functions {
    /** Added to a float below 2^22 it leaves no room for a fraction; the lowest bits are then the integer. */
    private static final float ROUND = 1.5f * (1 << 23);

    private static final double[] EXP = {
        1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1
    };
    private static final double[] ERF = {1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592};

    private Functions() {}

    /** One whole number as f32 and as i32. */
    record Whole(Node real, Node integer) {}

    /** The nearest integer, ties to even, of |x| below 2^22. */
    static Whole round(KernelBuilder k, Node x) {
        Node shifted = k.addF(x, k.real(ROUND));
        Node integer = k.i32(Op.SUB_I32, k.asI32(shifted), k.word(Float.floatToRawIntBits(ROUND)));
        return new Whole(k.subF(shifted, k.real(ROUND)), integer);
    }

    /** x is clamped to [-87.3, 88.3], where results are normal numbers. */
    static Node exp(KernelBuilder k, Node x) {
        Node clamped = k.minF(k.maxF(x, k.real(-87.3)), k.real(88.3));
        Whole n = round(k, k.mulF(clamped, k.real(1.4426950408889634)));
        Node r = k.fma(n.real(), k.real(-0.693359375), clamped);
        r = k.fma(n.real(), k.real(2.12194440e-4), r);
        Node p = k.real(EXP[0]);
        for (int i = 1; i < EXP.length; i++) {
            p = k.fma(p, r, k.real(EXP[i]));
        }
        Node y = k.addF(k.fma(p, k.mulF(r, r), r), k.real(1));
        Node scale = k.i32(Op.SHL_I32, k.i32(Op.ADD_I32, n.integer(), k.word(127)), k.word(23));
        return k.mulF(y, k.asF32(scale));
    }

    static Node tanh(KernelBuilder k, Node x) {
        Node e = exp(k, k.addF(x, x));
        return k.subF(k.real(1), k.divF(k.real(2), k.addF(e, k.real(1))));
    }

    static Node erf(KernelBuilder k, Node x) {
        Node a = k.abs(x);
        Node t = k.divF(k.real(1), k.fma(a, k.real(0.3275911), k.real(1)));
        Node p = k.real(ERF[0]);
        for (int i = 1; i < ERF.length; i++) {
            p = k.fma(p, t, k.real(ERF[i]));
        }
        Node e = exp(k, k.subF(k.real(0), k.mulF(a, a)));
        Node y = k.subF(k.real(1), k.mulF(k.mulF(p, t), e));
        return k.select(k.lessF(x, k.real(0)), k.subF(k.real(0), y), y);
    }

    static Node silu(KernelBuilder k, Node x) {
        return k.divF(x, k.addF(k.real(1), exp(k, k.subF(k.real(0), x))));
    }

    static Node geluTanh(KernelBuilder k, Node x) {
        Node cube = k.mulF(k.mulF(x, x), x);
        Node inner = k.mulF(k.fma(cube, k.real(0.044715), x), k.real(0.7978845608028654));
        return k.mulF(k.mulF(x, k.real(0.5)), k.addF(k.real(1), tanh(k, inner)));
    }

    static Node geluErf(KernelBuilder k, Node x) {
        Node e = erf(k, k.mulF(x, k.real(0.7071067811865476)));
        return k.mulF(k.mulF(x, k.real(0.5)), k.addF(k.real(1), e));
    }

    static Node softcap(KernelBuilder k, Node x, double cap) {
        return k.mulF(tanh(k, k.mulF(x, k.real(1 / cap))), k.real(cap));
    }

    /** An elementwise operation on 16 columns. */
    static Node elementwise(KernelBuilder k, Node node, Node a, Node b) {
        return switch (node.op()) {
            case ADD -> k.addF(a, b);
            case MUL -> k.mulF(a, b);
            case SCALE -> k.mulF(a, k.real(node.attr(Attr.Real.class).value()));
            case SILU, GELU_TANH, GELU_ERF -> activation(k, node.op(), a);
            case SOFTCAP -> softcap(k, a, node.attr(Attr.Real.class).value());
            default -> throw Failure.of(FailureCode.INTERNAL, "Not elementwise: " + node);
        };
    }

    static Node activation(KernelBuilder k, Op op, Node x) {
        return switch (op) {
            case SILU -> silu(k, x);
            case GELU_TANH -> geluTanh(k, x);
            case GELU_ERF -> geluErf(k, x);
            default -> throw Failure.of(FailureCode.INTERNAL, "Not an activation: " + op);
        };
    }
}
