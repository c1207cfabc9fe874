package smelt.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Settings;
import smelt.engine.hosting.ModelFileLoader;
import smelt.engine.hosting.ModelHost;
import smelt.server.Server;
import smelt.server.ServerSettings;
import smelt.store.ModelStore;
import smelt.targets.cpu.Machine;

/** {@code smelt serve}. */
@Command(
        name = "serve",
        header = "Serve models to programs, behind OpenAI's interface.",
        descriptionHeading = "%n",
        description = "Listens until it is interrupted or terminated; requests that are being answered then may "
                + "come to their end.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt serve smollm2",
            "  smelt serve smollm2 qwen3:1.7b --port 8000",
            "  curl http://127.0.0.1:8080/v1/chat/completions --json \\",
            "    '{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'"
        })
final class ServeCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "What to serve; the first is the usual one.")
    List<String> names = List.of();

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Where to listen (default: ${DEFAULT-VALUE}).")
    String host = ServerSettings.DEFAULT.host();

    @Option(names = "--port", paramLabel = "N", description = "Port; 0 takes any free one (default: ${DEFAULT-VALUE}).")
    int port = ServerSettings.DEFAULT.port();

    @Option(
            names = {"-c", "--context"},
            paramLabel = "TOKENS",
            description = "Length of the context, prompt and answer together (default: the model's, at most "
                    + ModelFileLoader.USUAL_CONTEXT + ").")
    int context;

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Mixin
    CacheOption cache = new CacheOption();

    @Mixin
    StoreOptions store = new StoreOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        threads.check(spec.commandLine());
        PrintWriter err = spec.commandLine().getErr();
        ModelStore models = store.open();
        var choices =
                new ModelFileLoader.Choices(context, threads.count(), Optional.empty(), cache.type(), Settings.DEFAULT);
        var loader = new ModelFileLoader(
                name -> StoreOptions.withProgress(
                        err, bar -> models.resolve(name, bar).path()),
                choices);
        try (ModelHost hosted = new ModelHost(loader, Machine.usableMemory(), Duration.ofMinutes(5))) {
            serve(hosted, err);
        }
        return 0;
    }

    private void serve(ModelHost hosted, PrintWriter err) throws IOException, InterruptedException {
        var settings = ServerSettings.DEFAULT.withAddress(host, port);
        var over = new CountDownLatch(1);
        try (Server server = Server.start(settings, hosted, sources(), Version.number())) {
            err.println("smelt: listening on " + server.uri() + "; loading " + String.join(", ", names));
            Thread hook = Interruption.onEnd(() -> drain(server, settings, over, err));
            await(server);
            err.println("smelt: ready: " + server.uri() + "/v1");
            over.await();
            Interruption.forget(hook);
        }
    }

    private static void await(Server server) throws InterruptedException {
        try {
            server.loaded().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure failure
                    ? failure
                    : Failure.of(FailureCode.INTERNAL, "The models could not be loaded: " + e.getCause())
                            .withCause(e);
        }
    }

    private static void drain(Server server, ServerSettings settings, CountDownLatch over, PrintWriter err) {
        try {
            if (!server.drain(settings.drain())) {
                err.println(
                        "smelt: requests were ended after " + settings.drain().toSeconds() + " s");
            }
            over.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Files are known by their names without folder and ending. */
    private Map<String, String> sources() {
        Map<String, String> sources = new LinkedHashMap<>();
        for (String name : names) {
            Path file = Path.of(name).getFileName();
            boolean isFile = name.endsWith(".gguf") && !name.contains(":") && file != null;
            sources.putIfAbsent(isFile ? file.toString().replaceFirst("\\.gguf$", "") : name, name);
        }
        return sources;
    }
}
