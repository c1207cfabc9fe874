package smelt.engine;

import java.util.Map;

/**
 * How messages become text.
 *
 * @param beginsAnswer whether the text ends with what begins an answer
 * @param continuesLast whether the text ends with the last message's own, which the model then continues; needs
 *     {@code beginsAnswer} false
 * @param variables what else the template is told
 */
public record ChatOptions(boolean beginsAnswer, boolean continuesLast, Map<String, Object> variables) {
    /** An answer is begun. */
    public static final ChatOptions DEFAULT = new ChatOptions(true, false, Map.of());

    public ChatOptions {
        variables = Map.copyOf(variables);
    }
}
