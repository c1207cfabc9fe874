package smelt.cli;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import smelt.store.Catalogue;
import smelt.store.ModelStore;
import smelt.store.Sizes;
import smelt.store.StoredModel;

/** {@code smelt list}. */
@Command(
        name = "list",
        aliases = "ls",
        header = "List the models on this disk, or those that have a name.",
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  smelt list", "  smelt list --known", "  smelt list --json | jq -r '.models[].path'"})
final class ListCommand implements Callable<Integer> {
    @Option(names = "--known", description = "List the models that have a name, with size and licence.")
    boolean known;

    @Option(names = "--json", description = "Print the list as JSON.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        ModelStore store = new StoreOptions().open();
        List<StoredModel> stored = store.list();
        var out = spec.commandLine().getOut();
        if (known) {
            out.print(json ? Json.pretty(Map.of("known", Catalogue.builtIn().entries())) + "\n" : knownTable(stored));
        } else if (json) {
            out.println(Json.pretty(Map.of("models", stored)));
        } else if (stored.isEmpty()) {
            out.println("No models yet in " + store.root() + ". To begin: smelt pull smollm2");
        } else {
            out.print(storedTable(stored));
        }
        return 0;
    }

    private static String storedTable(List<StoredModel> stored) {
        Table table = new Table("NAME", ">SIZE", "LICENCE", "PULLED", "SOURCE");
        for (StoredModel model : stored) {
            table.row(
                    model.name(),
                    Sizes.text(model.bytes()),
                    model.licence().orElse("unknown"),
                    model.pulled().map(t -> t.toString().substring(0, 10)).orElse(""),
                    model.source());
        }
        return table.toString();
    }

    private static String knownTable(List<StoredModel> stored) {
        Set<String> here = stored.stream().map(StoredModel::name).collect(Collectors.toSet());
        Table table = new Table("NAME", ">PARAMETERS", ">SIZE", "LICENCE", "HERE", "WHAT IT IS");
        for (Catalogue.Entry entry : Catalogue.builtIn().entries()) {
            table.row(
                    entry.name(),
                    entry.parameters(),
                    Sizes.text(entry.bytes()),
                    entry.licence(),
                    here.contains(entry.name()) ? "yes" : "",
                    entry.about());
        }
        return table.toString();
    }
}
