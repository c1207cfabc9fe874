package smelt.server.answers;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads messages in channels: each has a header, which says what it is, and a text up to the next mark. */
final class HarmonyReader implements PartReader {
    /** A header is no longer. */
    private static final int MOST_HELD = 1024;

    private static final Pattern HEADER = Pattern.compile("\\s*+(?:<\\|start\\|>)?+(?:assistant)?+([^<]{0,200}+)"
            + "<\\|channel\\|>\\s*+(\\w++)([^<]*+)(?:<\\|constrain\\|>[^<]*+)?+<\\|message\\|>");
    private static final Pattern RECIPIENT = Pattern.compile("to=(?:functions\\.)?+([^\\s<]++)");
    private static final Pattern END = Pattern.compile("<\\|(?:end|call|return)\\|>");

    private enum State {
        HEADER,
        THOUGHT,
        CONTENT,
        ARGUMENTS
    }

    private final Map<String, Tool> tools;
    private final int mostCalls;
    private final Supplier<String> ids;
    private final boolean readsThoughts;

    private final Parts parts = new Parts(this::part);
    private final StringBuilder held = new StringBuilder();
    private State state = State.HEADER;
    /** Whether there was a header. */
    private boolean begun;

    private ArgumentReader arguments = new ArgumentReader.OfJson();
    private int called;

    HarmonyReader(List<Tool> tools, int mostCalls, Supplier<String> ids, boolean readsThoughts) {
        this.tools = tools.stream().collect(Collectors.toMap(Tool::name, Function.identity()));
        this.mostCalls = mostCalls;
        this.ids = ids;
        this.readsThoughts = readsThoughts;
    }

    @Override
    public List<Part> push(String text) {
        read(text);
        return parts.take();
    }

    private void read(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (state == State.ARGUMENTS) {
                argument(c);
                continue;
            }
            held.append(c);
            if (state == State.HEADER) {
                header();
            } else {
                body();
            }
        }
    }

    @Override
    public List<Part> end() {
        boolean isHeader = state == State.HEADER && (begun || held.indexOf("<|") >= 0);
        if (!isHeader) {
            parts.certain.append(held);
        }
        held.setLength(0);
        return parts.take();
    }

    /** Hitting the end is what tells a beginning that may still match from text that cannot. */
    @SuppressWarnings("JdkObsolete")
    private void header() {
        Matcher matcher = HEADER.matcher(held);
        if (matcher.matches()) {
            begin(matcher.group(2), matcher.group(1) + matcher.group(3));
        } else if (!matcher.hitEnd() || held.length() > MOST_HELD) {
            state = State.CONTENT; // a text without a header
            String text = held.toString();
            held.setLength(0);
            read(text);
        }
    }

    private void begin(String channel, String addressee) {
        begun = true;
        held.setLength(0);
        Matcher recipient = RECIPIENT.matcher(addressee);
        Optional<Tool> tool = recipient.find() && called < mostCalls
                ? Optional.ofNullable(tools.get(recipient.group(1)))
                : Optional.empty();
        arguments = new ArgumentReader.OfJson();
        tool.ifPresent(known -> parts.add(new Part.Called(called++, ids.get(), known.name())));
        state = tool.isPresent()
                ? State.ARGUMENTS
                : channel.equals("analysis") && readsThoughts ? State.THOUGHT : State.CONTENT;
    }

    /** A mark in one of their strings is none. */
    private void argument(char c) {
        if (arguments.read(c, parts.certain) == ArgumentReader.Progress.COMPLETE) {
            parts.flush();
            state = State.CONTENT;
        }
    }

    @SuppressWarnings("JdkObsolete") // as above
    private void body() {
        while (!held.isEmpty()) {
            Matcher matcher = END.matcher(held);
            if (matcher.matches()) {
                parts.flush();
                held.setLength(0);
                state = State.HEADER;
                return;
            }
            if (matcher.hitEnd()) {
                return;
            }
            parts.certain.append(held.charAt(0));
            held.deleteCharAt(0);
        }
    }

    private Part part(String text) {
        return switch (state) {
            case THOUGHT -> new Part.Thought(text);
            case ARGUMENTS -> new Part.Arguments(called - 1, text);
            case HEADER, CONTENT -> new Part.Content(text);
        };
    }
}
