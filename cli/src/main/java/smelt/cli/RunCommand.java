package smelt.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import smelt.engine.FinishReason;
import smelt.engine.LoadedModel;
import smelt.engine.Request;

/** {@code smelt run}. */
@Command(
        name = "run",
        header = "Ask a model; the answer goes to standard output.",
        descriptionHeading = "%n",
        description = "Prints the answer alone, as it comes. Without a question it reads one from a pipe, or chats "
                + "where there is a terminal. Text that comes by a pipe beside a question is put behind it. A "
                + "model without a chat template continues the text instead.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt run smollm2 \"What is the capital of Japan?\" --temperature 0",
            "  git diff | smelt run qwen3:1.7b \"Explain this change.\"",
            "  smelt run smollm2 --raw \"Once upon a time\" --max-tokens 50 --seed 7",
            "  smelt run ./folder-without-tokenizer --tokens 1,15,9 --max-tokens 20",
            "  smelt run smollm2                                    an interactive chat"
        })
final class RunCommand implements Callable<Integer> {
    /** An idle pipe that nobody writes to must not keep a question waiting; a writer has begun long before. */
    private static final Duration PATIENCE = Duration.ofMillis(300);

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "QUESTION",
            description = "What to ask; - waits for the end of standard input.")
    List<String> words = List.of();

    @Option(
            names = "--tokens",
            paramLabel = "IDS",
            converter = TokenIds.Converter.class,
            description = "Continue these token ids, and print ids: for models without a tokenizer.")
    @Nullable
    TokenIds tokens;

    @Option(names = "--raw", description = "Continue the text as it is, without the model's chat template.")
    boolean raw;

    @Option(names = "--json", description = "Print text, ids, finish reason and usage as JSON at the end.")
    boolean json;

    @Mixin
    GenerationOptions generation = new GenerationOptions();

    @Mixin
    ModelOptions options = new ModelOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final ModelSource source;
    private final Console console;

    RunCommand() {
        this(new ModelLoading(), Console.ofProcess());
    }

    RunCommand(ModelSource source, Console console) {
        this.source = source;
        this.console = console;
    }

    @Override
    public Integer call() {
        generation.check(spec.commandLine());
        options.check(spec.commandLine());
        TokenIds given = tokens;
        if (given != null) {
            require(words.isEmpty(), "--tokens and a question exclude each other");
            return answer(model -> given.ids());
        }
        if (words.isEmpty() && console.readsTerminal()) {
            return new ChatCommand(source, spec, generation, options).call();
        }
        return answerText();
    }

    private int answerText() {
        String question = String.join(" ", words);
        boolean waits = question.isEmpty() || question.equals("-");
        Optional<StandardInput> input =
                console.readsTerminal() && !waits ? Optional.empty() : Optional.of(new StandardInput(console.in()));
        if (waits) {
            String all = input.orElseThrow().all();
            require(!all.isBlank(), "A question is missing, and standard input is empty");
            return answer(model -> prompt(model, all));
        }
        return answer(model ->
                prompt(model, question + input.map(this::behindQuestion).orElse("")));
    }

    private String behindQuestion(StandardInput input) {
        Optional<String> text = input.within(PATIENCE);
        if (text.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("smelt: nothing came on standard input; to wait for it, leave the question out or say -");
        }
        return text.filter(t -> !t.isBlank()).map(t -> "\n\n" + t).orElse("");
    }

    private interface Prompt {
        int[] of(LoadedModel model);
    }

    private int[] prompt(LoadedModel model, String text) {
        var conversation = new Conversation(generation.system);
        conversation.ask(text);
        if (!raw && model.chatFormat().isPresent()) {
            return model.chatPrompt(conversation.forTemplate());
        }
        int[] ids = model.rawPrompt(conversation.asText());
        if (!raw) {
            spec.commandLine()
                    .getErr()
                    .println("smelt: " + model.name() + " has no chat template; it continues the text");
        }
        return ids;
    }

    private int answer(Prompt prompt) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (LoadedModel model = source.open(options, generation.speculation, err)) {
            Request request = generation.request(model, prompt.of(model));
            PrefixCacheFile cache = PrefixCacheFile.open(generation.prefixCache, model.engine(), err);
            Answer answer = tokens == null
                    ? Answer.printText(model.engine(), request, json ? nowhere() : out)
                    : Answer.printIds(model.engine(), request, json ? nowhere() : out);
            if (json) {
                out.println(Json.pretty(asJson(model, answer, request)));
            }
            tell(answer, request, model, err);
            cache.save();
            return 0;
        }
    }

    private void tell(Answer answer, Request request, LoadedModel model, PrintWriter err) {
        if (answer.reason() == FinishReason.CONTEXT) {
            err.println("smelt: the context of " + model.engine().contextLength()
                    + " tokens is full, the answer ends here; --context takes more where the model allows it");
        }
        if (generation.stats || console.tellsTerminal()) {
            err.println(Statistics.line(answer.usage()) + seedText(request));
        }
    }

    private static String seedText(Request request) {
        return request.sampling().temperature() == 0
                ? ""
                : " [seed " + request.sampling().seed() + "]";
    }

    private static PrintWriter nowhere() {
        return new PrintWriter(Writer.nullWriter());
    }

    private static Map<String, Object> asJson(LoadedModel model, Answer answer, Request request) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("model", model.name());
        all.put("text", answer.text());
        all.put("ids", answer.ids());
        all.put("finish_reason", answer.reason().wire());
        all.put("seed", request.sampling().seed());
        all.put(
                "usage",
                Map.of(
                        "prompt_tokens", answer.usage().promptTokens(),
                        "completion_tokens", answer.usage().completionTokens()));
        return all;
    }

    private void require(boolean valid, String what) {
        if (!valid) {
            throw new ParameterException(spec.commandLine(), what);
        }
    }
}
