package smelt.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * The first bytes of a remote file and its length, by one small ranged request; the same request shows what stands in
 * the way (a login, a licence) before anything is written. A server without ranges is simply read no further.
 */
final class Probe {
    private static final int HEAD_BYTES = 1 << 16;

    private final byte[] head;
    private final OptionalLong bytes;
    private final String type;

    private Probe(byte[] head, OptionalLong bytes, String type) {
        this.head = head;
        this.bytes = bytes;
        this.type = type;
    }

    /** Of the whole file, where the server tells. */
    OptionalLong bytes() {
        return bytes;
    }

    static Probe of(URI address, Transport transport, Settings settings, Progress progress)
            throws IOException, InterruptedException {
        Patience patience = new Patience(address, settings.firstBackoff(), progress);
        while (true) {
            try (Reply reply = transport.get(address, Map.of("Range", "bytes=0-" + (HEAD_BYTES - 1)))) {
                if (reply.isWhole() || reply.isPart()) {
                    return read(reply, settings);
                }
                if (reply.status() == 416) { // an empty file has no first byte
                    return new Probe(new byte[0], OptionalLong.of(0), "");
                }
                patience.afterStatus(reply);
            } catch (IOException e) {
                if (Thread.interrupted() || e.getCause() instanceof InterruptedException) {
                    throw new InterruptedException();
                }
                patience.afterBreak(e);
            }
        }
    }

    private static Probe read(Reply reply, Settings settings) throws IOException {
        byte[] head = new byte[HEAD_BYTES];
        int have = 0;
        try (InputStream in = new StallGuard(reply.body(), settings.stall())) {
            int n = in.read(head, 0, head.length);
            while (n > 0) {
                have += n;
                n = have < head.length ? in.read(head, have, head.length - have) : -1;
            }
        }
        return new Probe(
                Arrays.copyOf(head, have),
                reply.total(),
                reply.header("Content-Type").orElse(""));
    }

    /** @throws Failure MALFORMED or UNSUPPORTED unless the bytes begin as a GGUF file that can be read */
    void checkGguf(String name) {
        boolean magic = head.length >= 8 && head[0] == 'G' && head[1] == 'G' && head[2] == 'U' && head[3] == 'F';
        if (!magic) {
            String found = type.isEmpty() ? "something else" : "of type " + type.replaceFirst(";.*", "");
            throw Failure.of(FailureCode.MALFORMED, name + " is no GGUF file but " + found)
                    .withNextStep("take the address of the file itself, not of a page about it");
        }
        int version = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        if (version != 2 && version != 3) {
            String what = version == 0x02000000 || version == 0x03000000
                    ? "is a GGUF file for big-endian machines"
                    : "is of GGUF version " + Integer.toUnsignedString(version) + "; 2 and 3 are read";
            throw Failure.of(FailureCode.UNSUPPORTED, name + " " + what);
        }
    }
}
