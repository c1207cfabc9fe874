package smelt.bench;

/** One thing that is measured, of this engine and of others alike. */
public sealed interface Scenario {
    /** For people, and the key of a row. */
    String name();

    /** Tokens of context that one sequence comes to. */
    int positions();

    /** Sequences at once. */
    default int users() {
        return 1;
    }

    /** Reading one prompt of which nothing is cached, up to the first chosen token. */
    record Prefill(int tokens) implements Scenario {
        @Override
        public String name() {
            return "prefill " + tokens;
        }

        @Override
        public int positions() {
            return tokens + 1;
        }
    }

    /** Writing {@code tokens} one after another behind {@code depth} tokens of context. */
    record Decode(int tokens, int depth) implements Scenario {
        @Override
        public String name() {
            return "decode " + tokens + " after " + depth;
        }

        @Override
        public int positions() {
            return depth + tokens + 1;
        }
    }

    /** Writing for several users at once, each behind a prompt of its own. */
    record Crowd(int users, int prompt, int tokens) implements Scenario {
        @Override
        public String name() {
            return "decode, " + users + " users";
        }

        @Override
        public int positions() {
            return prompt + tokens;
        }
    }
}
