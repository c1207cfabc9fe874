package smelt.bench;

/** How the watched sequence of a proof of determinism is run. */
sealed interface Way {
    /** For people. */
    String text();

    /** In chunks of {@code chunk} tokens, in steps that it shares with {@code others}. */
    record Together(int others, int chunk) implements Way {
        @Override
        public String text() {
            String company = others == 0 ? "alone" : "among " + others + " others";
            return company + ", chunks of " + chunk;
        }
    }

    /** Behind {@code shared} positions whose keys and values another sequence computed. */
    record SharedPrefix(int shared) implements Way {
        @Override
        public String text() {
            return "behind another's first " + shared + " positions";
        }
    }

    /** Anew in other blocks, after {@code done} positions whose blocks went to somebody else. */
    record Resumed(int done) implements Way {
        @Override
        public String text() {
            return "resumed after losing " + done + " positions";
        }
    }
}
