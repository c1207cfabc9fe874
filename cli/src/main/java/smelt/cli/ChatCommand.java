package smelt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.LoadedModel;
import smelt.store.ModelStore;

/** {@code smelt chat}. */
@Command(
        name = "chat",
        header = "Chat with a model in the terminal.",
        descriptionHeading = "%n",
        description = "Lines can be edited and recalled. A line that ends with \\ goes on, and so does text between "
                + "\"\"\" and \"\"\". Ctrl-C stops an answer, and a second one the program; Ctrl-D ends the chat. "
                + "/help shows more.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  smelt chat smollm2", "  smelt chat qwen3:1.7b --system \"Answer in one sentence.\" --temp 0.6"})
final class ChatCommand implements Callable<Integer> {
    @Mixin
    GenerationOptions generation = new GenerationOptions();

    @Mixin
    ModelOptions options = new ModelOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final ModelSource source;

    ChatCommand() {
        this.source = new ModelLoading();
    }

    /** The chat that {@code run} starts where there is no question. */
    ChatCommand(ModelSource source, CommandSpec spec, GenerationOptions generation, ModelOptions options) {
        this.source = source;
        this.spec = spec;
        this.generation = generation;
        this.options = options;
    }

    @Override
    public Integer call() {
        generation.check(spec.commandLine());
        options.check(spec.commandLine());
        try (LoadedModel model = withTokenizer(source.open(
                        options, generation.speculation, spec.commandLine().getErr()));
                Terminal terminal =
                        TerminalBuilder.builder().name("smelt").dumb(true).build()) {
            PrefixCacheFile cache = PrefixCacheFile.open(
                    generation.prefixCache, model.engine(), spec.commandLine().getErr());
            Path history = ModelStore.defaultRoot().resolveSibling("chat-history");
            int code = new ChatSession(model, generation, terminal, history).run();
            cache.save();
            return code;
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "The terminal cannot be used: " + e.getMessage())
                    .withCause(e);
        }
    }

    private static LoadedModel withTokenizer(LoadedModel model) {
        try {
            model.requireTokenizer();
            return model;
        } catch (Failure e) {
            model.close();
            throw e;
        }
    }
}
