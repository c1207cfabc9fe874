package smelt.server.generation;

import java.util.List;
import java.util.Map;
import smelt.engine.ChatOptions;
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
        return ofChat(model, messages, ChatOptions.DEFAULT, param);
    }

    /** The ids of a chat that becomes text as {@code options} tell. */
    public static int[] ofChat(
            LoadedModel model, List<Map<String, Object>> messages, ChatOptions options, String param) {
        checkChats(model);
        int[] prompt = model.chatPrompt(messages, options);
        checkLength(prompt, 1, model, param);
        return prompt;
    }

    /** @throws Problem 400 where the model has no chat template */
    public static void checkChats(LoadedModel model) {
        model.engine(); // a model that does not write at all says so itself
        if (model.chatFormat().isEmpty()) {
            throw Problem.of(
                    400,
                    model.name() + " has no chat template; it continues text: /v1/completions",
                    Problem.INVALID_REQUEST,
                    "unsupported_operation");
        }
    }

    /**
     * Checks that a prompt fits.
     *
     * @param answer tokens that the context must hold beside it, 0 or 1
     * @throws Problem 400 {@code context_length_exceeded} with both numbers
     */
    public static void checkLength(int[] prompt, int answer, LoadedModel model, String param) {
        int context = model.engine().contextLength();
        if (prompt.length + answer > context) {
            // LangChain and LiteLLM know an overflow by "prompt is too long" and "this model's maximum context length
            // is"
            throw Problem.invalid(
                            param,
                            "The prompt is too long: it has " + prompt.length
                                    + " tokens, and this model's maximum context length is " + context
                                    + (answer > 0 ? ", with at least one for the answer" : ""))
                    .withCode("context_length_exceeded");
        }
    }
}
