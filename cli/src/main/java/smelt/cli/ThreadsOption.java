package smelt.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import smelt.targets.cpu.Machine;

/** {@code --threads}, mixed into every command that runs a model. */
@Command
final class ThreadsOption {
    /** More than any machine has; each thread takes memory and slows the others' barriers. */
    private static final int MOST = 1024;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Worker threads, at most (default: one per core that the process may use).")
    private int asked;

    /** @throws ParameterException for values out of range: told before anything is loaded */
    void check(CommandLine line) {
        if (asked < 0 || asked > MOST) {
            throw new ParameterException(line, "--threads must be 0 (one per core) to " + MOST + " but is " + asked);
        }
    }

    /** At least 1. */
    int count() {
        return asked > 0 ? asked : Machine.usualThreads();
    }
}
