package smelt.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.gguf.GgufHeader;

/**
 * The first bytes of a remote GGUF file and its length, by small ranged requests; the same requests show what stands in
 * the way (a login, a licence) before anything is written. A server without ranges is simply read no further.
 */
final class Probe {
    private static final int HEAD_BYTES = 1 << 16;
    /** Holds the header of most models, vocabulary and all. */
    private static final int LARGE_HEAD_BYTES = 16 << 20;

    private static final long WORTH_A_SECOND_LOOK = 128 << 20;

    private final byte[] head;
    private final OptionalLong bytes;
    private final String type;
    private final boolean ranges;

    private Probe(byte[] head, OptionalLong bytes, String type, boolean ranges) {
        this.head = head;
        this.bytes = bytes;
        this.type = type;
        this.ranges = ranges;
    }

    /**
     * Looks at the file {@code name} as far as its server allows.
     *
     * @throws Failure MALFORMED, UNSUPPORTED or LIMIT_EXCEEDED where its header says that it cannot be read
     */
    static Probe check(String name, URI address, Transport transport, Settings settings, Progress progress)
            throws IOException, InterruptedException {
        Probe first = of(address, HEAD_BYTES, transport, settings, progress);
        first.checkMagic(name);
        if (first.holdsHeader(name) || !first.ranges || first.bytes.orElse(0) < WORTH_A_SECOND_LOOK) {
            return first;
        }
        Probe second = of(address, LARGE_HEAD_BYTES, transport, settings, progress);
        return second.holdsHeader(name) ? second : first;
    }

    /** Length of the whole file, where the server tells. */
    OptionalLong bytes() {
        return bytes;
    }

    private static Probe of(URI address, int length, Transport transport, Settings settings, Progress progress)
            throws IOException, InterruptedException {
        Patience patience = new Patience(address, settings.firstBackoff(), progress);
        while (true) {
            try (Reply reply = transport.get(address, Map.of("Range", "bytes=0-" + (length - 1)))) {
                if (reply.isWhole() || reply.isPart()) {
                    return read(reply, length, settings);
                }
                if (reply.status() == 416) { // an empty file has no first byte
                    return new Probe(new byte[0], OptionalLong.of(0), "", false);
                }
                patience.afterStatus(reply);
            } catch (IOException e) {
                patience.afterBreak(e);
            }
        }
    }

    private static Probe read(Reply reply, int length, Settings settings) throws IOException {
        byte[] head = new byte[length];
        int have = 0;
        try (InputStream in = new StallGuard(reply.body(), settings.stall())) {
            int n = in.read(head, 0, head.length);
            while (n > 0) {
                have += n;
                n = have < head.length ? in.read(head, have, head.length - have) : -1;
            }
        }
        String type = reply.header("Content-Type").orElse("");
        return new Probe(Arrays.copyOf(head, have), reply.total(), type, reply.isPart());
    }

    private void checkMagic(String name) {
        boolean magic = head.length >= 4 && head[0] == 'G' && head[1] == 'G' && head[2] == 'U' && head[3] == 'F';
        if (!magic) {
            String found = type.isEmpty() ? "something else" : "of type " + type.replaceFirst(";.*", "");
            throw Failure.of(FailureCode.MALFORMED, name + " is no GGUF file but " + found)
                    .withNextStep("take the address of the file itself, not of a page about it");
        }
    }

    /** False where the header goes on behind what is here. */
    private boolean holdsHeader(String name) {
        try {
            return GgufHeader.parse(ByteBuffer.wrap(head), bytes.orElse(Long.MAX_VALUE))
                    .isPresent();
        } catch (Failure f) {
            throw f.in(name);
        }
    }
}
