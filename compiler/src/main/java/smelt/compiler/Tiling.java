package smelt.compiler;

import java.util.List;

/**
 * How many rows of activations a product takes at once: a matter of registers alone, which changes no result.
 *
 * @param rows kept in registers; the sums and the dots of each take a vector of 16 lanes each
 * @param matrix whether 16 rows can be one tile of matrix instructions
 */
public record Tiling(int rows, boolean matrix) {
    /** Rows of a tile of matrix instructions; buffers of rows have room for whole tiles. */
    public static final int MATRIX_ROWS = 16;

    /** From so many rows on a tile pays, the rest of it being whatever lies in the buffer, computed and never read. */
    static final int PADDED_FROM = 11;

    /** Counts of rows to take, largest first; the last is 1. */
    List<Integer> counts() {
        int most = matrix ? MATRIX_ROWS : rows;
        return most > 4 ? List.of(most, 4, 1) : List.of(most, 1);
    }

    /** Rows from which on it pays to write a panel's codes to memory as bytes before they are multiplied. */
    int unpackFrom() {
        return matrix ? PADDED_FROM : rows > 4 ? rows : Integer.MAX_VALUE;
    }
}
