package smelt.server.openai;

import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.OptionalInt;
import smelt.engine.Request;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.http.Problem;

/**
 * What an answer is to tell of its tokens, beside their text.
 *
 * @param scored whether log-probabilities of the answer's tokens
 * @param top how many of the most likely tokens with each
 * @param promptTop whether those of the prompt's tokens, each with so many of the most likely ones
 * @param ids whether the ids of prompt and answer
 */
record TokenDetails(boolean scored, int top, OptionalInt promptTop, boolean ids) {
    /** Most of the likely tokens that are told. */
    static final int MOST_TOP = 20;

    /** vLLM's, beside the route's own way to ask for log-probabilities. */
    static final List<Field> FIELDS = List.of(
            supported(
                            "prompt_logprobs",
                            Kind.INTEGER,
                            "0 to 20: log-probabilities of the prompt's tokens, with so many of the most likely ones; "
                                    + "not with stream")
                    .between(0, MOST_TOP),
            supported("return_token_ids", Kind.BOOLEAN, "adds prompt_token_ids and token_ids"),
            supported("n_probs", Kind.INTEGER, "llama.cpp's way to ask for log-probabilities; 0: none")
                    .between(0, MOST_TOP));

    /** Of a body whose own way was read already; {@link #FIELDS} are part of its table. */
    static TokenDetails read(Body body, boolean scored, int top) {
        int probabilities = body.integer("n_probs", 0, 0, MOST_TOP);
        boolean fromPrompt = body.has("prompt_logprobs");
        if (fromPrompt && body.flag("stream", false)) {
            throw Problem.invalid("prompt_logprobs", "prompt_logprobs is not for stream: true");
        }
        OptionalInt promptTop =
                fromPrompt ? OptionalInt.of(body.integer("prompt_logprobs", 0, 0, MOST_TOP)) : OptionalInt.empty();
        return new TokenDetails(
                scored || probabilities > 0,
                Math.max(top, probabilities),
                promptTop,
                body.flag("return_token_ids", false));
    }

    /** With the prompt's tokens scored as the answer's are: to be told with them. */
    Request withAll(Request request) {
        return request.withPromptLogProbs(Math.max(top, promptTop.orElse(0)));
    }

    Request with(Request request) {
        if (promptTop.isPresent()) {
            return withAll(request);
        }
        return scored ? request.withLogProbs(top) : request;
    }
}
