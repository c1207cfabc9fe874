package smelt.check.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import smelt.engine.Event;
import smelt.engine.EventStream;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.engine.Usage;
import smelt.engine.hosting.ModelFileLoader;
import smelt.engine.hosting.ModelHost;
import smelt.store.ModelStore;
import smelt.store.Progress;
import smelt.store.Settings;

/** The program of docs/java.md, which shows it word for word. */
final class JavaExample {
    private JavaExample() {}

    // doc:begin
    /** Asks a model and hears the answer piece by piece. */
    static Usage ask(String name, String question, Consumer<String> pieces) throws InterruptedException {
        ModelStore store = ModelStore.open(ModelStore.defaultRoot(), Settings.fromEnvironment());
        int threads = Runtime.getRuntime().availableProcessors();
        var loader = new ModelFileLoader(
                model -> store.resolve(model, Progress.NONE).path(), ModelFileLoader.Choices.usual(threads));
        try (ModelHost models = new ModelHost(loader, 4L << 30, Duration.ofMinutes(5));
                ModelHost.Lease lease = models.use(name)) {
            LoadedModel model = lease.model();
            int[] prompt = model.chatPrompt(List.of(Map.of("role", "user", "content", question)));
            EventStream answer = new EventStream();
            model.engine().submit(Request.of(prompt).withMaxTokens(200).withEndIds(model.endIds()), answer);
            while (true) {
                switch (answer.take()) {
                    case Event.Token token -> pieces.accept(token.text());
                    case Event.PromptToken scored -> {}
                    case Event.Finished finished -> {
                        return finished.usage();
                    }
                    case Event.Failed failed -> throw failed.failure();
                }
            }
        }
    }
    // doc:end
}
