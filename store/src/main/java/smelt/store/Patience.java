package smelt.store;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** When a request is tried again, and when to give up. One object serves one file. */
final class Patience {
    private static final int MAX_FRUITLESS = 5;
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(2);

    private final URI address;
    private final Duration first;
    private final Progress progress;
    private int fruitless;

    Patience(URI address, Duration first, Progress progress) {
        this.address = address;
        this.first = first;
        this.progress = progress;
    }

    /** Bytes came: whatever went wrong before is forgiven. */
    void reward() {
        fruitless = 0;
    }

    /** Waits before the next try after {@code error}; an interrupt that came as one is an interrupt again. */
    void afterBreak(IOException error) throws InterruptedException {
        if (Thread.interrupted() || error.getCause() instanceof InterruptedException) {
            throw new InterruptedException();
        }
        await(reason(error), backoff());
    }

    /** Java leaves the message of these empty. */
    private static String reason(IOException error) {
        boolean unresolved = error.getCause() instanceof ConnectException inner
                && inner.getCause() instanceof UnresolvedAddressException;
        if (unresolved || error instanceof UnknownHostException) {
            return "no address is known for this host";
        }
        if (error instanceof ConnectException) {
            return "no connection";
        }
        return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }

    /** Waits before the next try after an answer that is an error, where a next try may help. */
    void afterStatus(Reply reply) throws InterruptedException {
        int status = reply.status();
        if (status != 408 && status != 425 && status != 429 && status < 500) {
            throw Refusals.of(reply, address);
        }
        Duration asked = reply.retryAfter(Instant.now()).orElse(Duration.ZERO);
        if (asked.compareTo(LONGEST_ASKED) > 0) {
            throw Failure.of(
                            FailureCode.UNAVAILABLE,
                            Addresses.shown(address) + " answers " + status + " and asks to wait " + asked.toSeconds()
                                    + " seconds")
                    .withNextStep("try again then; the same command continues where it was");
        }
        Duration own = backoff();
        await("answer " + status, asked.compareTo(own) > 0 ? asked : own);
    }

    private Duration backoff() {
        Duration doubled = first.multipliedBy(1L << Math.min(fruitless, 10));
        return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }

    private void await(String reason, Duration pause) throws InterruptedException {
        if (++fruitless > MAX_FRUITLESS) {
            throw Failure.of(
                            FailureCode.UNAVAILABLE,
                            Addresses.shown(address) + " failed " + fruitless + " times in a row: " + reason)
                    .withNextStep("check the network; the same command continues where it was");
        }
        if (pause.toSeconds() >= 1) {
            progress.note(address.getHost() + ": " + reason + "; trying again in " + pause.toSeconds() + " s");
        }
        Thread.sleep(pause);
    }
}
