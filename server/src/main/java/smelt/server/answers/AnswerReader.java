package smelt.server.answers;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads an answer that has thoughts at its beginning, and calls in its text. */
final class AnswerReader implements PartReader {
    /** A text that may still become a mark is no longer. */
    private static final int MOST_HELD = 1024;

    private enum State {
        BEGINNING,
        THOUGHT,
        CONTENT,
        ARGUMENTS,
        AFTER_ARGUMENTS
    }

    private final Pattern thoughtsBegin;
    private final Pattern thoughtsEnd;
    private final ToolSyntax.@Nullable Reading calls;
    private final Map<String, Tool> tools;
    private final int mostCalls;
    private final Supplier<String> ids;

    private final Parts parts = new Parts(this::part);
    /** What may still become a mark. */
    private final StringBuilder held = new StringBuilder();

    private State state;
    private boolean skipsSpace;
    private boolean hasContent;
    private boolean isAfterCall;
    private int called;
    private ArgumentReader arguments = new ArgumentReader.OfJson();

    /**
     * @param calls null where there are none
     * @param tools that can be called
     * @param ids of calls
     */
    AnswerReader(
            Thinking thinking,
            ToolSyntax.@Nullable Reading calls,
            List<Tool> tools,
            int mostCalls,
            Supplier<String> ids) {
        thoughtsBegin = thinking.beginning();
        thoughtsEnd = thinking.ending();
        this.calls = calls;
        this.tools = tools.stream().collect(Collectors.toMap(Tool::name, Function.identity()));
        this.mostCalls = mostCalls;
        this.ids = ids;
        state = switch (thinking.state()) {
            case NONE -> State.CONTENT;
            case POSSIBLE -> State.BEGINNING;
            case BEGUN -> State.THOUGHT;
        };
        skipsSpace = state == State.THOUGHT;
    }

    @Override
    public List<Part> push(String text) {
        for (int i = 0; i < text.length(); i++) {
            read(text.charAt(i));
        }
        return parts.take();
    }

    @Override
    public List<Part> end() {
        if (state == State.BEGINNING) {
            state = State.CONTENT;
        }
        boolean isContent = state == State.THOUGHT || (state == State.CONTENT && !(isAfterCall && isSpace(held)));
        if (isContent) {
            release(held.length());
        }
        held.setLength(0);
        return parts.take();
    }

    private void read(char c) {
        switch (state) {
            case ARGUMENTS -> argument(c);
            case AFTER_ARGUMENTS -> {
                held.append(c);
                afterArguments();
            }
            case BEGINNING -> {
                held.append(c);
                switch (progress(thoughtsBegin)) {
                    case COMPLETE -> enter(State.THOUGHT);
                    case POSSIBLE -> {}
                    case OVER -> {
                        state = State.CONTENT;
                        again();
                    }
                }
            }
            case THOUGHT -> {
                held.append(c);
                settle(thoughtsEnd);
            }
            case CONTENT -> {
                held.append(c);
                settle(mayCall() ? head() : null);
            }
        }
    }

    /** Reads what is held anew, as the state has it now. */
    private void again() {
        String text = held.toString();
        held.setLength(0);
        for (int i = 0; i < text.length(); i++) {
            read(text.charAt(i));
        }
    }

    private void enter(State next) {
        parts.flush();
        held.setLength(0);
        state = next;
        skipsSpace = true;
    }

    private boolean mayCall() {
        return calls != null && called < mostCalls && !(calls.opensAnswer() && hasContent);
    }

    private Pattern head() {
        return Objects.requireNonNull(calls).head();
    }

    private enum Progress {
        COMPLETE,
        POSSIBLE,
        OVER
    }

    /** Hitting the end is what tells a beginning that may still match from text that cannot. */
    @SuppressWarnings("JdkObsolete")
    private Progress progress(Pattern mark) {
        Matcher matcher = mark.matcher(held);
        if (matcher.matches()) {
            return Progress.COMPLETE;
        }
        return matcher.hitEnd() && held.length() < MOST_HELD ? Progress.POSSIBLE : Progress.OVER;
    }

    /** Releases of what is held as much as cannot become {@code mark}; enters what follows it where it is complete. */
    private void settle(@Nullable Pattern mark) {
        Pattern now = mark;
        while (!held.isEmpty()) {
            Progress progress = now == null ? Progress.OVER : progress(now);
            if (progress == Progress.POSSIBLE) {
                return;
            }
            if (progress == Progress.COMPLETE) {
                if (state == State.THOUGHT) {
                    enter(State.CONTENT);
                    return;
                }
                if (now != null && begins(now)) {
                    return;
                }
            }
            release(1);
            now = state == State.CONTENT && !mayCall() ? null : now;
        }
    }

    private void release(int chars) {
        for (int i = 0; i < chars; i++) {
            char c = held.charAt(i);
            skipsSpace = skipsSpace && Character.isWhitespace(c);
            if (!skipsSpace) {
                parts.certain.append(c);
                hasContent |= state == State.CONTENT;
                isAfterCall = false;
            }
        }
        held.delete(0, chars);
    }

    private Part part(String text) {
        return switch (state) {
            case THOUGHT -> new Part.Thought(text);
            case ARGUMENTS, AFTER_ARGUMENTS -> new Part.Arguments(called - 1, text);
            case BEGINNING, CONTENT -> new Part.Content(text);
        };
    }

    /** Whether {@code head}, which is complete, begins a call of a tool that there is. */
    private boolean begins(Pattern head) {
        Matcher matcher = head.matcher(held);
        Tool tool = matcher.matches() ? tools.get(matcher.group(1)) : null;
        if (tool == null) {
            return false;
        }
        String begun = matcher.group(2);
        parts.flush();
        held.setLength(0);
        parts.add(new Part.Called(called++, ids.get(), tool.name()));
        state = State.ARGUMENTS;
        arguments = Objects.requireNonNull(calls).arguments().apply(tool);
        begun.chars().forEach(c -> argument((char) c));
        return true;
    }

    private void argument(char c) {
        switch (arguments.read(c, parts.certain)) {
            case GOES_ON -> {}
            case COMPLETE -> {
                parts.flush();
                state = State.AFTER_ARGUMENTS;
                afterArguments();
            }
            case BROKEN -> {
                parts.flush();
                state = State.CONTENT;
                held.append(arguments.rest());
                again();
            }
        }
    }

    private void afterArguments() {
        ToolSyntax.Reading reading = Objects.requireNonNull(calls);
        Progress closing = progress(reading.close());
        if (closing == Progress.COMPLETE) {
            held.setLength(0);
            state = State.CONTENT;
            isAfterCall = true;
            return;
        }
        Pattern next = called < mostCalls ? reading.next() : null;
        Progress further = next == null ? Progress.OVER : progress(next);
        if (further == Progress.COMPLETE && next != null && begins(next)) {
            return;
        }
        if (closing == Progress.OVER && further != Progress.POSSIBLE) {
            state = State.CONTENT;
            again();
        }
    }

    private static boolean isSpace(CharSequence text) {
        return text.chars().allMatch(Character::isWhitespace);
    }
}
