package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How long the engine goes on with an answer whose client is gone. */
final class Cancelling {
    private static final int TIMES = 5;
    private static final long MOST_MILLIS = 100;

    /** One client. */
    interface Client {
        /** Begins an endless answer, hears some of it, and leaves; returns then. */
        void leaveMidStream() throws Exception;
    }

    private Cancelling() {}

    /** The usual time of several; the machine may do something else in one. */
    static void isNoticed(LiveServer server, Client client) throws Exception {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            client.leaveMidStream();
            millis.add(millisUntilStopped(server));
        }
        Collections.sort(millis);
        assertThat(millis.get(TIMES / 2))
                .as("milliseconds until the engine has stopped: %s", millis)
                .isLessThanOrEqualTo(MOST_MILLIS);
    }

    static long millisUntilStopped(LiveServer server) throws InterruptedException {
        long left = System.nanoTime();
        while (server.metrics().running() + server.metrics().waiting() > 0) {
            assertThat(System.nanoTime() - left)
                    .as("nanoseconds that a left answer goes on")
                    .isLessThan(5_000_000_000L);
            Thread.sleep(1);
        }
        return (System.nanoTime() - left) / 1_000_000;
    }
}
