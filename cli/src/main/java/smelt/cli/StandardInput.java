package smelt.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Text that comes by a pipe, read beside other work. Malformed UTF-8 becomes U+FFFD. */
final class StandardInput {
    private static final int LARGEST = 64 << 20;

    /** Done with the first byte or the end of the input. */
    private final CompletableFuture<Boolean> began = new CompletableFuture<>();

    private final CompletableFuture<String> text = new CompletableFuture<>();

    StandardInput(InputStream in) {
        Thread.ofPlatform().daemon().name("smelt-stdin").start(() -> read(in));
    }

    private void read(InputStream in) {
        try {
            int first = in.read();
            began.complete(first >= 0);
            byte[] rest = first < 0 ? new byte[0] : in.readNBytes(LARGEST);
            byte[] all = new byte[rest.length + (first < 0 ? 0 : 1)];
            if (first >= 0) {
                all[0] = (byte) first;
                System.arraycopy(rest, 0, all, 1, rest.length);
            }
            if (rest.length == LARGEST) {
                throw Failure.of(FailureCode.LIMIT_EXCEEDED, "Standard input has more than " + LARGEST + " bytes");
            }
            text.complete(new String(all, StandardCharsets.UTF_8));
        } catch (IOException e) {
            fail(Failure.of(FailureCode.UNAVAILABLE, "Standard input cannot be read: " + e.getMessage())
                    .withCause(e));
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void fail(Throwable e) {
        began.completeExceptionally(e);
        text.completeExceptionally(e);
    }

    /** Everything up to the end. */
    String all() {
        return join(text);
    }

    /** Everything up to the end, or empty where nothing, not even an end, comes within {@code patience}. */
    Optional<String> within(Duration patience) {
        try {
            return Optional.of(began.get(patience.toMillis(), TimeUnit.MILLISECONDS) ? join(text) : "");
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(join(text));
        }
    }

    private static String join(CompletableFuture<String> text) {
        try {
            return text.join();
        } catch (java.util.concurrent.CompletionException e) {
            throw e.getCause() instanceof Failure failure ? failure : e;
        }
    }
}
