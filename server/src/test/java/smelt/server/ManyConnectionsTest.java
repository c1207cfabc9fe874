package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guards server/: connections that do nothing cost next to nothing. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ManyConnectionsTest {
    private static final int COUNT = Integer.getInteger("smelt.connections", 2000);

    @Test
    void idleConnectionsDisturbNobody() throws Exception {
        long files = openFiles();
        Assumptions.assumeTrue(
                files > 2L * COUNT + 500, "the system allows " + files + " open files, too few for both ends");
        List<RawClient> idle = new ArrayList<>();
        try (RunningServer server = RunningServer.of("null")) {
            String chat = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":2}";
            server.post("/v1/chat/completions", chat);
            for (int i = 0; i < COUNT; i++) {
                RawClient client = new RawClient(server.server.uri());
                idle.add(client);
                if (i % 2 == 0) { // one that has asked, and stays
                    client.send("GET /live HTTP/1.1\nHost: localhost\n\n");
                    assertThat(client.readUntil("\"ok\"}")).startsWith("HTTP/1.1 200");
                }
            }
            long begin = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> response = server.post("/v1/chat/completions", chat);
                assertThat(response.statusCode()).isEqualTo(200);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
            idle.getLast().send("GET /live HTTP/1.1\nHost: localhost\n\n");
            assertThat(idle.getLast().readUntil("\"ok\"}")).startsWith("HTTP/1.1 200");
        } finally {
            for (RawClient client : idle) {
                close(client);
            }
        }
    }

    private static void close(RawClient client) {
        try {
            client.close();
        } catch (IOException e) {
            // it is gone
        }
    }

    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
