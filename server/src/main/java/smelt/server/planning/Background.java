package smelt.server.planning;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.function.Function;
import smelt.base.Failure;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;

/** Work on one thread that generation goes before; parallel streams within stay on it. */
final class Background {
    private Background() {}

    /**
     * Runs {@code work} until it ends, its client goes or {@code longest} is over.
     *
     * @param work given a check, which throws where it should end
     * @throws Problem 400 where it takes too long, or what ended the exchange
     * @throws Failure of the work
     */
    static <T> T run(Exchange exchange, Duration longest, Function<Runnable, T> work) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        Runnable check = () -> {
            if (exchange.isOver() || System.nanoTime() - end > 0) {
                throw new CancellationException();
            }
        };
        try (var pool = new ForkJoinPool(1, Background::thread, null, false)) {
            return pool.submit(() -> {
                        Niceness.giveWay();
                        return work.apply(check);
                    })
                    .get();
        } catch (ExecutionException e) {
            exchange.check();
            if (System.nanoTime() - end > 0) {
                throw tooLong(longest);
            }
            throw cause(e);
        }
    }

    private static ForkJoinWorkerThread thread(ForkJoinPool pool) {
        ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        thread.setName("smelt-plan");
        return thread;
    }

    private static Problem tooLong(Duration longest) {
        return Problem.of(
                400,
                "The search takes longer than " + longest.toSeconds() + " s: name the devices with 'on', fewer formats"
                        + " of weights, or fewer engines",
                Problem.INVALID_REQUEST,
                "limit_exceeded");
    }

    private static RuntimeException cause(ExecutionException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof Failure failure) {
                return failure;
            }
        }
        return Problem.internal(e);
    }
}
