package smelt.server.generation;

import java.util.List;
import java.util.Map;
import smelt.engine.LoadedModel;
import smelt.server.http.Problem;

/** What a client wrote as the ids that a model reads; never cut. */
public final class Prompts {
    private Prompts() {}

    /**
     * The ids of a chat, up to where the answer begins.
     *
     * @param messages each with role and content
     * @param param the field that they came in
     * @throws Problem 400 where the model has no chat template, or the context has no room for an answer
     * @throws smelt.base.Failure where the template refuses them
     */
    public static int[] ofChat(LoadedModel model, List<Map<String, Object>> messages, String param) {
        model.engine(); // a model that does not write at all says so itself
        if (model.chatFormat().isEmpty()) {
            throw Problem.of(
                    400,
                    model.name() + " has no chat template; it continues text: /v1/completions",
                    Problem.INVALID_REQUEST,
                    "unsupported_operation");
        }
        int[] prompt = model.chatPrompt(messages);
        checkLength(prompt, model.name(), model.engine().contextLength(), param);
        return prompt;
    }

    /** @throws Problem 400 {@code context_length_exceeded} with both numbers */
    public static void checkLength(int[] prompt, String model, int context, String param) {
        if (prompt.length >= context) {
            throw Problem.invalid(
                            param,
                            "The prompt has " + prompt.length + " tokens; the context of " + model + " holds " + context
                                    + ", with at least one for the answer")
                    .withCode("context_length_exceeded");
        }
    }
}
