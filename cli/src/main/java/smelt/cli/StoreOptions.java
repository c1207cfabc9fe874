package smelt.cli;

import java.io.PrintWriter;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import smelt.store.ModelStore;
import smelt.store.Progress;
import smelt.store.Settings;

/** How a command comes to its model; mixed into every command that takes one. */
@Command
final class StoreOptions {
    @Option(names = "--offline", description = "Use no network; a model that is not here is a failure.")
    boolean offline;

    ModelStore open() {
        return open(false);
    }

    ModelStore open(boolean ignoreMemory) {
        Settings settings = Settings.fromEnvironment();
        return ModelStore.open(
                ModelStore.defaultRoot(),
                settings.withOffline(offline || settings.offline()).withIgnoreMemory(ignoreMemory));
    }

    /** Runs {@code work} with a progress bar that leaves the terminal clean, whatever happens. */
    static <T> T withProgress(PrintWriter err, Function<Progress, T> work) {
        ProgressBar bar = ProgressBar.on(err);
        Thread hook = Interruption.onEnd(bar::finish);
        try {
            return work.apply(bar);
        } finally {
            Interruption.forget(hook);
        }
    }
}
