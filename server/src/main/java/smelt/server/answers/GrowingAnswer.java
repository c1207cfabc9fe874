package smelt.server.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import smelt.engine.Event;
import smelt.engine.FinishReason;

/** One choice's answer as its tokens come: the parts one by one, and what they are together. */
public final class GrowingAnswer {
    private final PartReader reader;
    private final Map<Integer, String> shown;
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder thoughts = new StringBuilder();
    private final List<Part.Called> calls = new ArrayList<>();
    private final List<StringBuilder> arguments = new ArrayList<>();

    GrowingAnswer(PartReader reader, Map<Integer, String> shown) {
        this.reader = reader;
        this.shown = shown;
    }

    /** What is certain with this token. */
    public List<Part> hear(Event.Token token) {
        return note(reader.push(token.text() + shown.getOrDefault(token.id(), "")));
    }

    /** What was held back; nothing comes after it. */
    public List<Part> end() {
        return note(reader.end());
    }

    private List<Part> note(List<Part> parts) {
        for (Part part : parts) {
            switch (part) {
                case Part.Content more -> content.append(more.text());
                case Part.Thought more -> thoughts.append(more.text());
                case Part.Called call -> {
                    calls.add(call);
                    arguments.add(new StringBuilder());
                }
                case Part.Arguments more -> arguments.get(more.index()).append(more.text());
            }
        }
        return parts;
    }

    public String content() {
        return content.toString();
    }

    public String thoughts() {
        return thoughts.toString();
    }

    public List<ToolCall> calls() {
        return calls.stream()
                .map(call -> new ToolCall(
                        call.id(), call.name(), arguments.get(call.index()).toString()))
                .toList();
    }

    /** Whether it ended so that its calls are to be made. */
    public boolean calls(FinishReason reason) {
        return !calls.isEmpty() && (reason == FinishReason.END || reason == FinishReason.STOP);
    }
}
