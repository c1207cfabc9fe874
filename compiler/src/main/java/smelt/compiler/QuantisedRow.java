package smelt.compiler;

import smelt.graph.Type;

/**
 * Bytes of a quantised row: int8 codes; if wide the low codes, each worth 1/256 of a code; then per block of 32 columns
 * an f32 scale (of the lowest codes), the negative sum of codes (i32) and the scaled sum (f32); then, if halves are
 * wanted, the negative and scaled sums per 16 columns.
 */
record QuantisedRow(Type.Quantised type) {
    int width() {
        return type.width();
    }

    boolean wide() {
        return type.wide();
    }

    int lowCodes() {
        return align(width());
    }

    int scales() {
        return wide() ? 2 * align(width()) : align(width());
    }

    int negativeSums(int group) {
        return group == 32 ? scales() + perBlock() : negativeSums(32) + 2 * perBlock();
    }

    int scaledSums(int group) {
        return group == 32 ? negativeSums(32) + perBlock() : negativeSums(16) + perHalf();
    }

    int stride() {
        return type.halves() ? scaledSums(16) + perHalf() : scaledSums(32) + perBlock();
    }

    private int perBlock() {
        return align(width() / 32 * 4);
    }

    private int perHalf() {
        return align(width() / 16 * 4);
    }

    private static int align(int bytes) {
        return (bytes + 63) / 64 * 64;
    }
}
