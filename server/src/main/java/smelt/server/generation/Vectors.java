package smelt.server.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Embedder;
import smelt.server.http.Exchange;

/** Vectors for one exchange; they end with it. */
public final class Vectors {
    private Vectors() {}

    /**
     * Those of {@code texts}, in order.
     *
     * @param texts none longer than the embedder's context
     * @param normalized whether each has length 1
     * @throws Failure that of the first one that failed
     */
    public static List<float[]> of(List<int[]> texts, Embedder embedder, boolean normalized, Exchange exchange)
            throws InterruptedException {
        exchange.check();
        List<CompletableFuture<float[]>> results = embedder.submit(texts, normalized);
        exchange.whenOver(() -> results.forEach(result -> result.cancel(false)));
        try {
            List<float[]> vectors = new ArrayList<>();
            for (CompletableFuture<float[]> result : results) {
                vectors.add(await(result, exchange));
            }
            return vectors;
        } finally {
            results.forEach(result -> result.cancel(false));
        }
    }

    private static float[] await(CompletableFuture<float[]> result, Exchange exchange) throws InterruptedException {
        try {
            return result.get();
        } catch (CancellationException e) {
            exchange.check(); // it was cancelled because the exchange is over
            throw Failure.of(FailureCode.CANCELLED, "The text was cancelled").withCause(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure failure
                    ? failure
                    : Failure.of(FailureCode.INTERNAL, "The text was lost").withCause(e);
        }
    }

    public static int tokens(List<int[]> texts) {
        return texts.stream().mapToInt(ids -> ids.length).sum();
    }
}
