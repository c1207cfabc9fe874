package smelt.tokenizer;

import java.nio.charset.StandardCharsets;

/** How the kinds of vocabulary spell bytes. */
final class DecoderSteps {
    private static final char MARK = '\u2581';

    private DecoderSteps() {}

    /** Every character of the piece is a byte; a piece with any other character stands for itself. */
    static TokenDecoder byteLevel() {
        return new TokenDecoder((piece, first) -> byteLevel(piece), false);
    }

    private static byte[] byteLevel(String piece) {
        byte[] bytes = new byte[piece.length()];
        for (int i = 0; i < bytes.length; i++) {
            int b = ByteAlphabet.byteOf(piece.charAt(i));
            if (b < 0) {
                return piece.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) b;
        }
        return bytes;
    }

    /** @param stripFirst whether the text loses one space at its beginning, which encoding had put there */
    static TokenDecoder sentencePiece(boolean stripFirst) {
        return new TokenDecoder(
                (piece, first) -> {
                    String text = piece.replace(MARK, ' ');
                    return byteFallback(stripFirst && first && text.startsWith(" ") ? text.substring(1) : text);
                },
                false);
    }

    /** WordPiece as GGUF spells it: pieces that begin a word carry the mark. */
    static TokenDecoder markedWords() {
        return new TokenDecoder(
                (piece, first) -> {
                    String text = piece.replace(MARK, ' ');
                    return (first && text.startsWith(" ") ? text.substring(1) : text).getBytes(StandardCharsets.UTF_8);
                },
                false);
    }

    static byte[] byteFallback(String piece) {
        int b = ByteFallback.byteOf(piece);
        return b >= 0 ? new byte[] {(byte) b} : piece.getBytes(StandardCharsets.UTF_8);
    }
}
