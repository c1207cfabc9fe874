package smelt.server.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Embedder;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;

/** Vectors for one exchange; they end with it. */
final class Vectors {
    private Vectors() {}

    /**
     * Those of {@code texts}, in order.
     *
     * @param name of the field they came in
     * @param normalized whether each has length 1
     * @throws Problem 400 {@code context_length_exceeded} where a text is too long
     */
    static List<float[]> of(List<int[]> texts, String name, Embedder embedder, boolean normalized, Exchange exchange)
            throws InterruptedException {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).length > embedder.contextLength()) {
                throw Problem.invalid(
                                name,
                                name + "[" + i + "] has " + texts.get(i).length + " tokens, the model reads "
                                        + embedder.contextLength() + "; truncate_prompt_tokens: -1 cuts it")
                        .withCode("context_length_exceeded");
            }
        }
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

    static int tokens(List<int[]> texts) {
        return texts.stream().mapToInt(ids -> ids.length).sum();
    }
}
