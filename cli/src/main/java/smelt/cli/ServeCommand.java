package smelt.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Settings;
import smelt.engine.hosting.ModelFileLoader;
import smelt.engine.hosting.ModelHost;
import smelt.server.Engines;
import smelt.server.Given;
import smelt.server.Server;
import smelt.server.ServerSettings;
import smelt.server.Setting;
import smelt.server.SettingsReader;
import smelt.server.operations.JsonLogs;
import smelt.store.ModelStore;
import smelt.targets.cpu.Machine;

/** {@code smelt serve}. */
@Command(
        name = "serve",
        header = "Serve models to programs, behind OpenAI's interface.",
        customSynopsis = "smelt serve [OPTIONS] MODEL...",
        descriptionHeading = "%n",
        description = "Listens until it is interrupted or terminated; requests that are being answered then may "
                + "come to their end.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt serve smollm2",
            "  smelt serve smollm2 qwen3:1.7b --port 8000 --alias gpt-*=smollm2",
            "  curl http://127.0.0.1:8080/v1/chat/completions --json \\",
            "    '{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'"
        })
final class ServeCommand implements Callable<Integer> {
    /** Of a model that is not kept for good, where the engine asks. */
    private static final Duration LONG = Duration.ofDays(3650);

    private static final String MODELS = "models";

    @Parameters(
            arity = "0..*",
            paramLabel = "MODEL",
            description = "What to serve, or NAME=MODEL; the first is the usual one.")
    List<String> names = List.of();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings as YAML; their names are those of the options below, lists have the plural: "
                    + "models, aliases, api-keys, allowed-hosts, cors-origins. Options win.")
    @Nullable
    Path config;

    @Mixin
    StoreOptions store = new StoreOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** The command with an option for each setting of the server's table. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new ServeCommand());
        SettingsReader.ALL.stream()
                .filter(setting -> !setting.name().equals(MODELS))
                .forEach(setting -> line.getCommandSpec().addOption(option(setting)));
        return line;
    }

    private static OptionSpec option(Setting setting) {
        String usual = setting.usual().isEmpty() ? "" : " (default: " + setting.usual() + ")";
        String meaning = setting.meaning().substring(0, 1).toUpperCase(Locale.ROOT)
                + setting.meaning().substring(1) + usual + ".";
        OptionSpec.Builder option = OptionSpec.builder(setting.option())
                .type(String[].class)
                .paramLabel(setting.kind().label())
                .description(meaning.replace("%", "%%"));
        if (setting.kind() == Setting.Kind.FLAG) {
            return option.arity("0").type(boolean.class).build();
        }
        return option.arity("1").build();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        ServerSettings settings;
        try {
            settings = SettingsReader.read(given());
        } catch (Failure e) {
            Complaints.about(e, err);
            return Complaints.WRONG_USAGE;
        }
        JsonLogs.install();
        run(settings, err);
        return 0;
    }

    private void run(ServerSettings settings, PrintWriter err) throws IOException, InterruptedException {
        ModelStore models = store.open();
        Engines engines = settings.engines();
        var choices = new ModelFileLoader.Choices(
                engines.context(),
                engines.threads() > 0 ? engines.threads() : Machine.usualThreads(),
                Optional.empty(),
                engines.cache(),
                engines.cacheBytes(),
                new Settings(Settings.DEFAULT.stepTokens(), Settings.DEFAULT.maxRunning(), engines.queuedTokens()));
        var loader = new ModelFileLoader(
                name -> StoreOptions.withProgress(
                        err, bar -> models.resolve(name, bar).path()),
                choices);
        var rate = new IdleMemoryRate(choices.threads());
        long memory = engines.memory() > 0 ? engines.memory() : Machine.usableMemory();
        Duration keep = engines.keepAlive().isZero() ? LONG : engines.keepAlive();
        try (ModelHost hosted = new ModelHost(loader, memory, keep)) {
            serve(hosted, models, settings.withMemoryRate(rate), rate, err);
        }
    }

    private Given given() {
        Given given = new Given();
        if (config != null) {
            given.file(config);
        }
        for (Setting setting : SettingsReader.ALL) {
            List<String> texts = setting.name().equals(MODELS) ? names : texts(setting);
            if (!texts.isEmpty()) {
                given.option(setting, texts);
            }
        }
        return given;
    }

    private List<String> texts(Setting setting) {
        OptionSpec option = spec.findOption(setting.option());
        return option == null ? List.of() : option.stringValues().isEmpty() ? flag(option) : option.stringValues();
    }

    private static List<String> flag(OptionSpec option) {
        return option.getValue() instanceof Boolean on && on ? List.of("true") : List.of();
    }

    private void serve(
            ModelHost hosted, ModelStore store, ServerSettings settings, IdleMemoryRate rate, PrintWriter err)
            throws IOException, InterruptedException {
        var over = new CountDownLatch(1);
        try (Server server = Server.start(settings, hosted, Optional.of(store), settings.models(), Version.number())) {
            err.println("smelt: listening on " + server.uri() + "; loading "
                    + String.join(", ", settings.models().keySet()));
            Thread hook = Interruption.onEnd(() -> drain(server, settings, over, err));
            await(server);
            err.println("smelt: ready: " + server.uri() + "/v1");
            Thread measuring = rate.measure(hosted::freeBytes, server::openRequests);
            over.await();
            measuring.interrupt();
            measuring.join();
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
        Interruption.endAtOnceNextTime();
        int open = server.openRequests();
        if (open > 0) {
            err.println("smelt: waiting for " + open + (open == 1 ? " request, " : " requests, ")
                    + seconds(settings.drain()) + " at most; asked again, it ends at once");
        }
        try {
            if (!server.drain(settings.drain())) {
                err.println("smelt: requests were ended after " + seconds(settings.drain()));
            }
            over.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String seconds(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }
}
