package smelt.models;

import org.jspecify.annotations.Nullable;
import smelt.graph.Attr;

/**
 * What tells one attention from another.
 *
 * @param rope null where positions do not rotate queries and keys
 * @param scale of the scores
 * @param window positions visible including the token's own; 0: all
 * @param softcap of the scores; 0: none
 * @param norm of queries and keys, ahead of the rotation
 */
record Attention(Attr.@Nullable Rope rope, double scale, int window, double softcap, QueryNorm norm, boolean causal) {
    /** Columns of queries and keys that are normalised together. */
    enum QueryNorm {
        NONE,
        HEAD,
        ROW
    }

    /** Causal over all positions, scores divided by the root of the head's width. */
    static Attention causal(Shape shape, Attr.@Nullable Rope rope) {
        return new Attention(rope, 1 / Math.sqrt(shape.headWidth()), 0, 0, QueryNorm.NONE, true);
    }

    Attention withScale(double newScale) {
        return new Attention(rope, newScale, window, softcap, norm, causal);
    }

    Attention withWindow(int positions) {
        return new Attention(rope, scale, positions, softcap, norm, causal);
    }

    Attention withSoftcap(double cap) {
        return new Attention(rope, scale, window, cap, norm, causal);
    }

    Attention withNorm(QueryNorm kind) {
        return new Attention(rope, scale, window, softcap, kind, causal);
    }

    Attention withRope(Attr.@Nullable Rope other) {
        return new Attention(other, scale, window, softcap, norm, causal);
    }

    Attention seeingAll() {
        return new Attention(rope, scale, window, softcap, norm, false);
    }
}
