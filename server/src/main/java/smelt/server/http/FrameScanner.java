package smelt.server.http;

import java.util.function.IntConsumer;

/** Finds, in the bytes that an HTTP/2 client sends, which streams it gives up; RFC 9113, section 4.1. */
final class FrameScanner {
    private static final int PREFACE_BYTES = 24;
    private static final int HEADER_BYTES = 9;
    private static final int RST_STREAM = 3;

    private final IntConsumer resets;
    private final int[] header = new int[HEADER_BYTES];
    private int filled;
    private long skip = PREFACE_BYTES;

    FrameScanner(IntConsumer resets) {
        this.resets = resets;
    }

    void scan(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            if (skip > 0) {
                int skipped = (int) Math.min(skip, bytes.length - at);
                skip -= skipped;
                at += skipped;
                continue;
            }
            header[filled++] = bytes[at++] & 0xFF;
            if (filled == HEADER_BYTES) {
                filled = 0;
                skip = ((long) header[0] << 16) | (header[1] << 8) | header[2];
                if (header[3] == RST_STREAM) {
                    resets.accept(((header[5] & 0x7F) << 24) | (header[6] << 16) | (header[7] << 8) | header[8]);
                }
            }
        }
    }
}
