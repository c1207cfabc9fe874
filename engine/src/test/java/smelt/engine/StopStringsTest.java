package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;

/** Guards engine/: stop strings are held back exactly, wherever tokens break them. */
class StopStringsTest {
    /** Text before the stop string that is complete first, or all of it. */
    private static String upToStop(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            int cut = 0;
            for (String stop : stops) {
                cut = text.substring(0, end).endsWith(stop) ? Math.max(cut, stop.length()) : cut;
            }
            if (cut > 0) {
                return text.substring(0, end - cut);
            }
        }
        return text;
    }

    /** Length of the longest end of the text that a stop string begins with. */
    private static int undecided(String text, List<String> stops) {
        int longest = 0;
        for (String stop : stops) {
            for (int n = 1; n < stop.length(); n++) {
                longest = text.endsWith(stop.substring(0, n)) ? Math.max(longest, n) : longest;
            }
        }
        return longest;
    }

    @Test
    void holdsBackExactlyForEverySplit() {
        var random = new Random(6);
        for (int round = 0; round < 20_000; round++) {
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                stops.add(randomText(random, 1 + random.nextInt(5)));
            }
            String text = randomText(random, random.nextInt(30));
            checkOneSplit(random, round, text, stops);
        }
    }

    private static void checkOneSplit(Random random, int round, String text, List<String> stops) {
        var stopStrings = new StopStrings(stops);
        String expected = upToStop(text, stops);
        StringBuilder given = new StringBuilder();
        int at = 0;
        while (at < text.length() && !stopStrings.stopped()) {
            int end = Math.min(text.length(), at + random.nextInt(4));
            end = end < text.length() && Character.isLowSurrogate(text.charAt(end)) ? end + 1 : end;
            String piece = stopStrings.push(text.substring(at, end));
            given.append(piece);
            at = end;
            assertThat(wellFormed(piece)).isTrue();
            if (!stopStrings.stopped()) {
                String seen = text.substring(0, at);
                assertThat(given.toString())
                        .as("round %d: '%s' of '%s' with %s", round, seen, text, stops)
                        .isEqualTo(seen.substring(0, seen.length() - undecided(seen, stops)));
            }
        }
        boolean stopped = stopStrings.stopped();
        given.append(stopStrings.flush());
        assertThat(given.toString())
                .as("round %d: '%s' with %s", round, text, stops)
                .isEqualTo(expected);
        assertThat(stopped).isEqualTo(expected.length() < text.length());
    }

    private static String randomText(Random random, int length) {
        String[] letters = {"a", "b", "c", "\uD83D\uDE00", "\uD83D\uDE01"};
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters[random.nextInt(letters.length)]);
        }
        return text.toString();
    }

    private static boolean wellFormed(String text) {
        return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
    }

    @Test
    void refusesWhatCannotBeMatched() {
        assertThatThrownBy(() -> new StopStrings(List.of(""))).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> new StopStrings(List.of("\uDE00"))).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> new StopStrings(List.of("x".repeat(5000)))).isInstanceOf(Failure.class);
    }
}
