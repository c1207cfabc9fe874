package smelt.tokenizer;

/**
 * GPT-2's spelling of bytes as printable characters: printable Latin-1 stands for itself, the other 68 bytes for U+0100
 * onwards.
 */
final class ByteAlphabet {
    private static final int[] CHARACTER_OF = new int[256];
    private static final int[] BYTE_OF = new int[0x144];

    static {
        java.util.Arrays.fill(BYTE_OF, -1);
        int next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            CHARACTER_OF[b] = printable ? b : next++;
            BYTE_OF[CHARACTER_OF[b]] = b;
        }
    }

    private ByteAlphabet() {}

    static int[] spell(int[] text, int start, int end) {
        int length = 0;
        for (int i = start; i < end; i++) {
            length = Math.addExact(length, CodePoints.utf8Length(text[i]));
        }
        int[] spelt = new int[length];
        int at = 0;
        for (int i = start; i < end; i++) {
            int bytes = CodePoints.utf8Length(text[i]);
            for (int b = 0; b < bytes; b++) {
                spelt[at++] = CHARACTER_OF[CodePoints.utf8Byte(text[i], bytes, b)];
            }
        }
        return spelt;
    }

    /** The byte that {@code character} stands for, or -1. */
    static int byteOf(int character) {
        return character < BYTE_OF.length ? BYTE_OF[character] : -1;
    }
}
