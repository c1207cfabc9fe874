package smelt.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import smelt.store.Sizes;
import smelt.store.StoredModel;

/** {@code smelt show}. */
@Command(
        name = "show",
        header = "Show what a model is and what it needs.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  smelt show smollm2", "  smelt show ./model.gguf --json"})
final class ShowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "A name, a path, hf:owner/repo[:file], pypi:package or https://...")
    String model = "";

    @Option(names = "--json", description = "Print it as JSON.")
    boolean json;

    @Mixin
    StoreOptions store = new StoreOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        StoredModel found = store.resolve(model, spec.commandLine().getErr());
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(found));
            return 0;
        }
        out.println("name      " + found.name());
        out.println("path      " + found.path());
        out.println("size      " + Sizes.text(found.bytes()));
        out.println("source    " + found.source());
        out.println("licence   " + found.licence().orElse("unknown"));
        return 0;
    }
}
