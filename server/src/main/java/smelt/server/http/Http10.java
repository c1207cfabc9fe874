package smelt.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.0, which proxies and health checks still speak and the library does not. Of a connection of HTTP/1 the first
 * request line is looked at: a request of 1.0 becomes one of 1.1 that ends the connection, and what comes bit by bit
 * ends with the connection instead of in chunks. All else passes as it is.
 */
final class Http10 {
    private static final String VERSION = " HTTP/1.0";
    private static final String LINE = "\r\n";
    private static final String BLANK = LINE + LINE;
    private static final int LONGEST_LINE = 8192;
    /** What 1.0 does not know, or knows otherwise. */
    private static final Set<String> DROPPED =
            Set.of("connection", "proxy-connection", "keep-alive", "upgrade", "http2-settings", "expect", "te");

    private final int longestHead;
    /** The end of what came of the first line, where a version may begin. */
    private String begun = "";

    private boolean isSpoken;
    private boolean isDecided;
    /** Set where the connection is of 1.0. */
    private volatile @Nullable Unchunked answer;

    /** @param headerBytes of a request, beyond which their end is not waited for */
    Http10(int headerBytes) {
        longestHead = headerBytes + LONGEST_LINE;
    }

    /**
     * What is to be read instead of these bytes, which it may change.
     *
     * @param more reads on, where headers end too early to tell
     */
    byte[] request(byte[] bytes, Supplier<byte[]> more) {
        if (isDecided) {
            return bytes;
        }
        String text = text(bytes);
        int line = text.indexOf('\n');
        translateVersion(bytes, line < 0 ? text : text.substring(0, line));
        if (line < 0) {
            return bytes;
        }
        isDecided = true;
        if (!isSpoken) {
            return bytes;
        }
        answer = new Unchunked();
        byte[] headers = readTo(BLANK, longestHead, text(LINE + text.substring(line + 1)), more);
        return text(text(bytes).substring(0, line + 1) + translated(text(headers)));
    }

    /** A path has no spaces, so that nothing else looks like it. */
    private void translateVersion(byte[] bytes, String line) {
        String known = begun + line;
        int at = known.indexOf(VERSION);
        if (at >= 0) {
            isSpoken = true;
            bytes[at + VERSION.length() - 1 - begun.length()] = '1';
        }
        begun = known.substring(Math.max(0, known.length() - VERSION.length() + 1));
    }

    private static byte[] readTo(String end, int longest, byte[] bytes, Supplier<byte[]> more) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(bytes);
        while (all.size() < longest && !text(all.toByteArray()).contains(end)) {
            all.writeBytes(more.get());
        }
        return all.toByteArray();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * The headers that are meant, and the body.
     *
     * @param headers with the end of the line before them, and what there is of the body
     */
    private static String translated(String headers) {
        int end = headers.indexOf(BLANK);
        String[] lines = (end < 0 ? headers : headers.substring(0, end)).split(LINE, -1);
        var all = new StringBuilder("Connection: close").append(LINE);
        boolean namesHost = false;
        for (int i = 1; i < lines.length; i++) {
            String name = name(lines[i]);
            namesHost |= name.equals("host");
            if (!DROPPED.contains(name)) {
                all.append(lines[i]).append(LINE);
            }
        }
        if (!namesHost) {
            all.append("Host: localhost").append(LINE); // who attacks by a name of his own has a browser send it
        }
        return end < 0
                ? all.toString()
                : all.append(LINE)
                        .append(headers, end + BLANK.length(), headers.length())
                        .toString();
    }

    private static String name(String line) {
        int colon = line.indexOf(':');
        return colon < 0 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
    }

    /** Writes to {@code inner} what a client of this connection understands. */
    DataWriter writer(DataWriter inner) {
        return new Writer(inner);
    }

    private final class Writer implements DataWriter {
        private final DataWriter inner;

        Writer(DataWriter inner) {
            this.inner = inner;
        }

        private BufferData passed(BufferData data) {
            Unchunked unchunked = answer;
            return unchunked == null ? data : BufferData.create(unchunked.pass(data.readBytes()));
        }

        @Override
        public void write(BufferData... buffers) {
            if (answer == null) {
                inner.write(buffers);
            } else {
                write(BufferData.create(buffers));
            }
        }

        @Override
        public void write(BufferData buffer) {
            inner.write(passed(buffer));
        }

        @Override
        public void writeNow(BufferData... buffers) {
            if (answer == null) {
                inner.writeNow(buffers);
            } else {
                writeNow(BufferData.create(buffers));
            }
        }

        @Override
        public void writeNow(BufferData buffer) {
            inner.writeNow(passed(buffer));
        }

        @Override
        public void flush() {
            inner.flush();
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    /** Takes chunks apart as they come; RFC 9112, section 7.1. */
    private static final class Unchunked {
        private static final String CHUNKED = LINE + "transfer-encoding: chunked" + LINE;

        private enum Part {
            HEAD,
            SIZE,
            DATA,
            WHOLE
        }

        private final StringBuilder pending = new StringBuilder();
        private Part part = Part.HEAD;
        private int left;

        synchronized byte[] pass(byte[] bytes) {
            pending.append(text(bytes));
            var out = new StringBuilder();
            boolean goesOn = true;
            while (goesOn) {
                goesOn = switch (part) {
                    case HEAD -> head(out);
                    case SIZE -> size();
                    case DATA -> data(out);
                    case WHOLE -> whole(out);
                };
            }
            return text(out.toString());
        }

        private boolean head(StringBuilder out) {
            int end = pending.indexOf(BLANK);
            if (end < 0) {
                return false;
            }
            String head = pending.substring(0, end + BLANK.length());
            pending.delete(0, head.length());
            int chunked = head.toLowerCase(Locale.ROOT).indexOf(CHUNKED);
            part = chunked < 0 ? Part.WHOLE : Part.SIZE;
            out.append(
                    chunked < 0
                            ? head
                            : head.substring(0, chunked) + head.substring(chunked + CHUNKED.length() - LINE.length()));
            return true;
        }

        private boolean size() {
            int end = pending.indexOf(LINE);
            if (end < 0) {
                return false;
            }
            left = Integer.parseInt(pending.substring(0, end), 16);
            pending.delete(0, end + LINE.length());
            part = Part.DATA;
            return true;
        }

        /** With the end of the line behind it; nothing follows the chunk of length 0. */
        private boolean data(StringBuilder out) {
            if (pending.length() < left + LINE.length()) {
                return false;
            }
            out.append(pending, 0, left);
            pending.delete(0, left + LINE.length());
            part = Part.SIZE;
            return true;
        }

        private boolean whole(StringBuilder out) {
            out.append(pending);
            pending.setLength(0);
            return false;
        }
    }
}
