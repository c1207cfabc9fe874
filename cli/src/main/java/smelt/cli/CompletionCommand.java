package smelt.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code smelt completion}. */
@Command(
        name = CompletionCommand.NAME,
        header = "Print a completion script for bash and zsh.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = {"  source <(smelt completion)"})
final class CompletionCommand implements Callable<Integer> {
    static final String NAME = "completion";

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(AutoComplete.bash("smelt", spec.root().commandLine()));
        return 0;
    }
}
