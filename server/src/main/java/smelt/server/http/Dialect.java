package smelt.server.http;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** How a protocol tells of problems. */
public enum Dialect {
    /** {@code {"error": {message, type, param, code}}}; amid a stream an event named error. */
    OPENAI {
        @Override
        public ObjectNode body(Problem problem) {
            ObjectNode body = Json.object();
            body.putObject("error")
                    .put("message", problem.message())
                    .put("type", problem.type())
                    .put("param", problem.param().orElse(null))
                    .put("code", problem.code().orElse(null));
            return body;
        }
    },
    /**
     * {@code {"type": "error", "error": {type, message}}}; amid a stream an event named error. A code of Anthropic's
     * own stands in {@code details}, where its clients take any other for one of theirs.
     */
    ANTHROPIC {
        @Override
        public ObjectNode body(Problem problem) {
            ObjectNode body = Json.object().put("type", "error");
            ObjectNode error = body.putObject("error")
                    .put("type", anthropicType(problem.status()))
                    .put("message", problem.message());
            problem.code()
                    .filter(NO_THREADS::equals)
                    .ifPresent(code -> error.putObject("details").put("error_code", code));
            return body;
        }

        @Override
        List<String> idHeaders() {
            return List.of(REQUEST_ID, "request-id");
        }
    },
    /** {@code {"error": "message"}}; amid a stream a line of it. */
    OLLAMA {
        @Override
        public ObjectNode body(Problem problem) {
            return Json.object().put("error", problem.message());
        }

        @Override
        boolean minds(String contentType) {
            return false; // its own examples send a form's content type
        }
    };

    /** Anthropic's code for which its tool runners ask again, without a thread. */
    public static final String NO_THREADS = "thread_unsupported_request";

    /** The header that may bring an id, and takes it back. */
    static final String REQUEST_ID = "X-Request-Id";

    /** The JSON that tells of a problem, before an answer or amid it. */
    public abstract ObjectNode body(Problem problem);

    /** Headers in which clients look for the id of their request. */
    List<String> idHeaders() {
        return List.of(REQUEST_ID);
    }

    /** Whether a body of this content type is not read. */
    boolean minds(String contentType) {
        return !contentType.equals("application/json") && !contentType.endsWith("+json");
    }

    private static String anthropicType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }
}
