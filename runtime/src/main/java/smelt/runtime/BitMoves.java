package smelt.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Which bits of a block become which bits of what is packed. Codes and scales of nearly every block type are bits of
 * the file in another order, some of them flipped; the order is known to the type's own decoder, which answers a few
 * patterns here. So it is written down once, and packing moves four bytes at a time.
 */
final class BitMoves {
    /** Makes the integers of one block; each of its bits is a bit of the block, perhaps flipped, or a constant. */
    interface Decoder {
        int[] decode(byte[] block);
    }

    /**
     * Bit {@code i} of element {@code to}, for each i in {@code mask}, is bit {@code shift + i} after byte {@code from}
     * of the block, which may be negative.
     *
     * @param flip the element's bits that are flipped, or constants; on its first move, else 0
     */
    record Move(int to, int from, int shift, int mask, int flip, boolean first) {}

    private final int[] constants;
    private final List<int[]> answers = new ArrayList<>();

    private BitMoves(int bytes, Decoder decoder) {
        constants = decoder.decode(new byte[bytes]);
        for (int digit = 0; 8 * bytes >>> digit != 0; digit++) {
            answers.add(decoder.decode(pattern(bytes, digit)));
        }
    }

    /** Moves to elements of {@code bits} bits, out of a block of {@code bytes}; by element, at least one of each. */
    static List<Move> of(int bytes, int bits, Decoder decoder) {
        BitMoves found = new BitMoves(bytes, decoder);
        List<Move> moves = new ArrayList<>();
        for (int element = 0; element < found.constants.length; element++) {
            found.addTo(moves, element, bits);
        }
        return List.copyOf(moves);
    }

    /** A block whose bit i, counted from 1, is digit {@code digit} of i: what stays 0 in all patterns is a constant. */
    private static byte[] pattern(int bytes, int digit) {
        byte[] pattern = new byte[bytes];
        for (int bit = 0; bit < 8 * bytes; bit++) {
            pattern[bit / 8] |= (byte) (((bit + 1) >>> digit & 1) << bit % 8);
        }
        return pattern;
    }

    /** Bits that come equally far move together. */
    private void addTo(List<Move> moves, int element, int bits) {
        TreeMap<Integer, Integer> masks = new TreeMap<>();
        for (int bit = 0; bit < bits; bit++) {
            int source = source(element, bit);
            if (source > 0) {
                masks.merge(source - 1 - bit, 1 << bit, (a, b) -> a | b);
            }
        }
        if (masks.isEmpty()) {
            masks.put(0, 0);
        }
        int first = masks.firstKey();
        masks.forEach((distance, mask) -> {
            int flip = distance == first ? constants[element] : 0;
            int from = Math.floorDiv(distance, 8);
            moves.add(new Move(element, from, Math.floorMod(distance, 8), mask, flip, distance == first));
        });
    }

    /** The bit of the block, counted from 1, that a bit of an element is; 0 for none. */
    private int source(int element, int bit) {
        int source = 0;
        for (int digit = 0; digit < answers.size(); digit++) {
            int changed = answers.get(digit)[element] ^ constants[element];
            source |= (changed >>> bit & 1) << digit;
        }
        return source;
    }
}
