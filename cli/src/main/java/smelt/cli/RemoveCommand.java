package smelt.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import smelt.store.ModelStore;

/** {@code smelt rm}. */
@Command(
        name = "rm",
        header = "Delete models from the store.",
        descriptionHeading = "%n",
        description = "Files and folders of your own are never touched.",
        parameterListHeading = "%n",
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  smelt rm smollm2", "  smelt rm llama3.2:1b qwen3:0.6b"})
final class RemoveCommand implements Callable<Integer> {
    private record Removed(List<String> removed) {}

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "As smelt list shows it.")
    List<String> names = List.of();

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        ModelStore store = new StoreOptions().open();
        names.forEach(store::remove);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(new Removed(names)));
        } else {
            names.forEach(name -> out.println(name + " is deleted"));
        }
        return 0;
    }
}
