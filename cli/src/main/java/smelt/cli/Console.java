package smelt.cli;

import java.io.InputStream;

/**
 * What stands around a command.
 *
 * @param readsTerminal whether a person types on standard input
 * @param tellsTerminal whether a person reads standard error
 */
record Console(InputStream in, boolean readsTerminal, boolean tellsTerminal) {
    static Console ofProcess() {
        return new Console(System.in, Tty.isTerminal(Tty.STANDARD_INPUT), Tty.isTerminal(Tty.STANDARD_ERROR));
    }
}
