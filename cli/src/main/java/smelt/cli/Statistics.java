package smelt.cli;

import java.util.Locale;
import smelt.engine.Usage;

/** What an answer took, in one line. */
final class Statistics {
    private Statistics() {}

    static String line(Usage usage) {
        return String.format(
                Locale.ROOT,
                "[prompt %d tokens%s, %.0f/s; answer %d tokens, %.1f/s; first token after %.0f ms]",
                usage.promptTokens(),
                usage.cachedTokens() > 0 ? " (" + usage.cachedTokens() + " known)" : "",
                usage.prefillTokensPerSecond(),
                usage.completionTokens(),
                usage.decodeTokensPerSecond(),
                (usage.queuedNanos() + usage.prefillNanos()) / 1e6);
    }
}
