package smelt.tokenizer;

import org.jspecify.annotations.Nullable;

/** The ids of {@code <0x00>} to {@code <0xFF>}, which spell characters outside the vocabulary. */
final class ByteFallback {
    static final ByteFallback NONE = new ByteFallback();

    private final int[] ids = new int[256];

    private ByteFallback() {
        java.util.Arrays.fill(ids, -1);
    }

    static ByteFallback of(PieceTable pieces) {
        ByteFallback fallback = new ByteFallback();
        for (int b = 0; b < 256; b++) {
            fallback.ids[b] = pieces.idOf(String.format("<0x%02X>", b));
        }
        return fallback;
    }

    /** One id per byte of UTF-8, or null where the vocabulary lacks one of them. */
    int @Nullable [] idsOf(int codePoint) {
        int length = CodePoints.utf8Length(codePoint);
        int[] bytes = new int[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = ids[CodePoints.utf8Byte(codePoint, length, i)];
            if (bytes[i] < 0) {
                return null;
            }
        }
        return bytes;
    }

    /** The byte that the piece {@code <0xNN>} names, or -1. */
    static int byteOf(String piece) {
        if (piece.length() != 6 || !piece.startsWith("<0x") || piece.charAt(5) != '>') {
            return -1;
        }
        int high = Character.digit(piece.charAt(3), 16);
        int low = Character.digit(piece.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }
}
