package smelt.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code --help}, mixed into every command. */
@Command
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;
}
