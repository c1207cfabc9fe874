/**
 * The command line: arguments in; answers on standard output, everything else on standard error, an exit code. One
 * class a command, each listed in {@link smelt.cli.Main}.
 */
@NullMarked
package smelt.cli;

import org.jspecify.annotations.NullMarked;
