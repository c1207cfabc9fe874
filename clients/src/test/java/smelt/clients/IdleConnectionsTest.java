package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Guards server/: connections that do nothing, beside those that work; {@code ./verify load} has 10,000. The server is
 * a process of its own, since both have as many files as the system allows one process.
 */
@Tag("model")
class IdleConnectionsTest {
    private static final int IDLE = Integer.getInteger("smelt.idle", 500);
    private static final int ASKED = 10;
    /** More than 10,000 that come at once from one thread take. */
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path cache;

    private static String body(int number) {
        return Chats.body(
                LiveServer.CHAT,
                "The number " + number,
                ", \"temperature\": 0, \"ignore_eos\": true, \"max_tokens\": 16");
    }

    /** Answers and the time of the middle one in milliseconds. */
    private record Asked(List<Answer> answers, double median) {}

    private static Asked ask(URI server) throws Exception {
        List<Answer> answers = new ArrayList<>();
        List<Double> millis = new ArrayList<>();
        try (Chats chats = new Chats(server)) {
            for (int i = 0; i < ASKED; i++) {
                long began = System.nanoTime();
                answers.add(chats.ask(body(i)));
                millis.add((System.nanoTime() - began) / 1e6);
            }
        }
        assertThat(answers).allMatch(Answer::isWhole);
        Collections.sort(millis);
        return new Asked(answers, millis.get(ASKED / 2));
    }

    private static long residentMegabytes(SmeltProcess process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    /** Every second has asked something before. */
    private static SocketChannel idle(InetSocketAddress address, int number) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        if (number % 2 == 1) {
            String request = "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(1000);
            assertThat(channel.read(answer)).isPositive();
            assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200");
        }
        return channel;
    }

    @Test
    void idleConnectionsBesideThoseThatWork() throws Exception {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount()
                : Long.MAX_VALUE;
        assumeTrue(files > IDLE + 200, "a process may have " + files + " more files, too few for " + IDLE);
        List<SocketChannel> idle = new ArrayList<>();
        try (SmeltProcess process = SmeltProcess.Start.in(cache).serve(LiveServer.served())) {
            URI uri = process.ready();
            Asked before = ask(uri);
            long resident = residentMegabytes(process);
            long began = System.nanoTime();
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort());
            for (int i = 0; i < IDLE; i++) {
                idle.add(idle(address, i));
            }
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            assertThat(took).isLessThan(SOON);
            Asked beside = ask(uri);
            System.out.printf(
                    "%d idle connections in %.1f s: %d MB more; 16 tokens take %.1f ms, before %.1f ms%n",
                    IDLE,
                    took.toMillis() / 1e3,
                    residentMegabytes(process) - resident,
                    beside.median(),
                    before.median());
            assertThat(beside.answers()).isEqualTo(before.answers());
            assertThat(idle).allMatch(SocketChannel::isConnected);
            process.signal("TERM");
            assertThat(process.exitCode(SOON)).isEqualTo(143);
        } finally {
            for (SocketChannel channel : idle) {
                channel.close();
            }
        }
    }
}
