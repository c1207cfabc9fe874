package smelt.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.keymap.KeyMap;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Reference;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Reason;
import smelt.engine.FinishReason;
import smelt.engine.LoadedModel;
import smelt.engine.Request;

/** A chat at a terminal: reads lines, obeys commands, prints answers. */
final class ChatSession {
    private static final String HELP = """
            /system TEXT   tell the model who it is; without text shows it
            /regenerate    answer the last question anew
            /clear         forget the chat
            /save FILE     write the chat as JSON
            /load FILE     continue a saved chat
            /stats         tokens and speeds of the last answer
            /exit          leave (or Ctrl-D)
            Alt-Enter or \\ at the end of a line continues it; so does text between \"""
            Ctrl-C stops an answer; a second one leaves""";

    private final LoadedModel model;
    private final GenerationOptions generation;
    private final Terminal terminal;
    private final PrintWriter out;
    private final LineReader reader;
    private Conversation conversation;
    private @Nullable Answer last;
    private boolean over;

    ChatSession(LoadedModel model, GenerationOptions generation, Terminal terminal, Path history) {
        this.model = model;
        this.generation = generation;
        this.terminal = terminal;
        out = terminal.writer();
        conversation = new Conversation(generation.system);
        reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("smelt")
                .parser(new ChatLines())
                .variable(LineReader.HISTORY_FILE, history)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "… ")
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
        reader.getWidgets().put("smelt-newline", () -> {
            reader.getBuffer().write('\n');
            return true;
        });
        Objects.requireNonNull(reader.getKeyMaps().get(LineReader.MAIN))
                .bind(new Reference("smelt-newline"), KeyMap.alt('\r'), KeyMap.alt('\n'));
    }

    /** Runs until the end; returns the exit code. */
    int run() {
        out.println(model.name() + " is ready; /help shows commands");
        boolean interrupted = false;
        while (!over) {
            try {
                obey(ChatLines.text(reader.readLine("> ")));
                interrupted = false;
            } catch (UserInterruptException e) {
                if (interrupted) {
                    return Complaints.INTERRUPTED;
                }
                interrupted = true;
                out.println("(once more Ctrl-C, or Ctrl-D, leaves)");
            } catch (EndOfFileException e) {
                return 0;
            } catch (Failure e) {
                out.println(e.what() + (e.nextStep() == null ? "" : "\n  " + e.nextStep()));
            }
            out.flush();
        }
        return 0;
    }

    private void obey(String line) {
        if (line.isBlank()) {
            return;
        }
        if (!line.startsWith("/")) {
            answer(line);
            return;
        }
        String[] parts = line.strip().split("\\s+", 2);
        String argument = parts.length > 1 ? parts[1] : "";
        switch (parts[0]) {
            case "/help", "/?" -> out.println(HELP);
            case "/clear" -> clear();
            case "/system" -> system(argument);
            case "/regenerate" -> regenerate();
            case "/save" -> save(argument);
            case "/load" -> load(argument);
            case "/stats" -> stats();
            case "/exit", "/quit", "/bye" -> over = true;
            default -> out.println("There is no " + parts[0] + "; /help shows what there is");
        }
    }

    private void clear() {
        conversation.clear();
        last = null;
        out.println("The chat is forgotten");
    }

    private void system(String text) {
        if (!text.isEmpty()) {
            conversation.setSystem(text);
        }
        out.println(conversation.system().isEmpty() ? "No system message" : "System: " + conversation.system());
    }

    private void regenerate() {
        conversation.takeBackQuestion().ifPresentOrElse(this::answer, () -> out.println("There is no question yet"));
    }

    private void stats() {
        Answer answer = last;
        out.println(answer == null ? "There is no answer yet" : Statistics.line(answer.usage()));
    }

    private void save(String file) {
        try {
            Files.writeString(path(file), conversation.toJson());
            out.println("Saved to " + file);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private void load(String file) {
        try {
            conversation = Conversation.fromJson(Files.readString(path(file), StandardCharsets.UTF_8));
            out.println("Loaded " + file);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private static Path path(String file) {
        if (file.isEmpty()) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "The name of a file is missing");
        }
        return Path.of(file.startsWith("~/") ? System.getProperty("user.home") + file.substring(1) : file);
    }

    private static Failure unusable(String file, IOException e) {
        return Failure.of(FailureCode.UNAVAILABLE, file + " cannot be used: " + Reason.of(e))
                .withCause(e);
    }

    /** Answers; a question that fails is taken back, what was interrupted stays. */
    private void answer(String question) {
        conversation.ask(question);
        try {
            Request request = generation.request(model, prompt());
            Answer answer = interruptible(new Answer.Printing(model.engine(), request, out, false));
            last = answer;
            conversation.answer(answer.text());
            if (answer.reason() == FinishReason.CONTEXT) {
                out.println(
                        "(the context of " + model.engine().contextLength() + " tokens is full; /clear begins anew)");
            }
            if (generation.stats) {
                out.println(Statistics.line(answer.usage()));
            }
        } catch (Failure e) {
            conversation.takeBackQuestion();
            throw e;
        }
    }

    private int[] prompt() {
        return model.chatFormat().isPresent()
                ? model.chatPrompt(conversation.forTemplate())
                : model.rawPrompt(conversation.asText());
    }

    private Answer interruptible(Answer.Printing printing) {
        var interrupts = new AtomicInteger();
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> {
            printing.cancel();
            if (interrupts.incrementAndGet() > 1) {
                Runtime.getRuntime().halt(Complaints.INTERRUPTED);
            }
        });
        try {
            return printing.untilEnd();
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }
}
