package smelt.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Option;
import smelt.store.Nearest;

/** How failures are told on standard error, and the exit codes that go with them. */
final class Complaints {
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;
    static final int INTERRUPTED = 130;
    static final int TERMINATED = 143;

    /** From here on {@link Option#DEBUG} shows stack traces. */
    private static final int DEBUG_TRACES = 3;

    private Complaints() {}

    /** Wrong usage: what is wrong, what may have been meant, where the help is. */
    static int aboutUsage(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("smelt: " + sentence(e));
        suggestions(e).stream().findFirst().ifPresent(s -> err.println("       did you mean " + s + "?"));
        err.println("       " + line.getCommandSpec().qualifiedName() + " --help shows what can be said");
        err.flush();
        return WRONG_USAGE;
    }

    /** Failed work: the failure and its next step; a stack trace only for those who ask. */
    static int aboutFailure(Exception e, CommandLine line, @Nullable ParseResult parsed) {
        return about(e, line.getErr());
    }

    /** The same for what the command line does not catch: failures before a command, and errors of the Java machine. */
    static int about(Throwable e, PrintWriter err) {
        if (Interruption.isUnderWay()) {
            return INTERRUPTED;
        }
        Failure failure = failure(e);
        err.println("smelt: " + failure.what() + " [" + failure.code().text() + "]");
        String nextStep = failure.nextStep();
        if (nextStep == null && failure.code() == FailureCode.MALFORMED) {
            nextStep = "the file is damaged or was made wrongly: get it again, or from somewhere else";
        }
        if (nextStep != null) {
            err.println("       " + nextStep);
        }
        if (wantsTraces()) {
            e.printStackTrace(err);
        }
        err.flush();
        return failure.code() == FailureCode.CANCELLED ? INTERRUPTED : FAILED;
    }

    private static boolean wantsTraces() {
        try {
            return Option.DEBUG.get() >= DEBUG_TRACES;
        } catch (Failure badValue) {
            return false; // the complaint itself
        }
    }

    private static Failure failure(Throwable e) {
        return switch (e) {
            case Failure failure -> failure;
            case OutOfMemoryError full ->
                Failure.of(
                                FailureCode.OUT_OF_RESOURCES,
                                "Java's heap of " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB is too small: "
                                        + full.getMessage())
                        .withNextStep("SMELT_JAVA_OPTIONS=-Xmx8g would give it 8 GiB")
                        .withCause(full);
            case Throwable other -> defect(other);
        };
    }

    private static Failure defect(Throwable e) {
        return Failure.of(FailureCode.INTERNAL, "This is a defect of smelt: " + e)
                .withNextStep("SMELT_DEBUG=3 shows where it happened")
                .withCause(e);
    }

    private static String sentence(ParameterException e) {
        String first = String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse("wrong usage")
                .replaceFirst("^Error: ", "")
                .replace("option option", "option")
                .replaceFirst(" is not an? (int|long)$", " is no whole number, or too large a one")
                .replaceFirst(" is not a (float|double)$", " is no number");
        if (e instanceof UnmatchedArgumentException u && isUnknownCommand(u)) {
            return "There is no command '" + u.getUnmatched().getFirst() + "'";
        }
        return first;
    }

    private static boolean isUnknownCommand(UnmatchedArgumentException e) {
        return e.getCommandLine().getParent() == null && !e.isUnknownOption();
    }

    private static List<String> suggestions(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException u) || u.getUnmatched().isEmpty()) {
            return List.of();
        }
        CommandLine line = e.getCommandLine();
        String wrong = u.getUnmatched().getFirst().replaceFirst("=.*", "");
        List<String> known = isUnknownCommand(u)
                ? List.copyOf(line.getSubcommands().keySet())
                : line.getCommandSpec().options().stream()
                        .flatMap(o -> Stream.of(o.names()))
                        .filter(n -> n.startsWith("--"))
                        .toList();
        return Nearest.of(wrong, known, 1);
    }
}
