package smelt.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Another engine, measured on the same file in the same minutes. */
public sealed interface Peer permits LlamaCpp, OpenVino, OtherSmelt {
    String name();

    /** Why it cannot be measured here; empty where it can. */
    Optional<String> missing();

    /**
     * One run of {@code scenario} in a process of its own, which is ended after {@code limit}.
     *
     * @param round other rounds have other random tokens
     */
    Result measure(Path file, Scenario scenario, int threads, Duration limit, int round);

    /**
     * @param tokensPerSecond of all users together; empty where it failed
     * @param note why it failed, or what was done so that it did not
     */
    record Result(Optional<Double> tokensPerSecond, Optional<String> note) {
        static Result of(double tokensPerSecond) {
            return new Result(Optional.of(tokensPerSecond), Optional.empty());
        }

        /** What {@code measuring} gives; a failure to run another engine, but for a cancellation, is told. */
        static Result attempt(Supplier<Result> measuring) {
            try {
                return measuring.get();
            } catch (Failure e) {
                if (e.code() == FailureCode.CANCELLED) {
                    throw e;
                }
                return failed(e.what());
            }
        }

        static Result failed(String why) {
            return new Result(Optional.empty(), Optional.of(why));
        }

        /** Before the note that is there already. */
        Result withNote(String what) {
            return new Result(
                    tokensPerSecond,
                    Optional.of(note.map(more -> what + ", which " + more).orElse(what)));
        }
    }
}
