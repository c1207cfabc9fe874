package smelt.engine.guess;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Guards engine/: what is guessed is what followed before. */
class NgramProposerTest {
    private static int[] guesses(NgramProposer proposer, int[] tokens, int count) {
        return IntStream.range(0, count).map(i -> proposer.guess(tokens, i)).toArray();
    }

    @Test
    void theLongestMatchCounts() {
        int[] tokens = {9, 1, 2, 3, 50, 8, 2, 3, 60, 7, 1, 2, 3};
        var proposer = new NgramProposer(tokens.length);
        proposer.see(tokens, tokens.length);
        assertThat(guesses(proposer, tokens, 3)).containsExactly(50, 8, 2);
    }

    @Test
    void ofEqualMatchesTheLatestCounts() {
        int[] tokens = {1, 2, 50, 1, 2, 60, 1, 2};
        var proposer = new NgramProposer(tokens.length);
        proposer.see(tokens, tokens.length);
        assertThat(guesses(proposer, tokens, 2)).containsExactly(60, 1);
    }

    @Test
    void repetitionGoesOnBeyondTheEnd() {
        int[] tokens = {5, 6, 7, 5, 6, 7, 5};
        var proposer = new NgramProposer(1);
        proposer.see(tokens, tokens.length);
        assertThat(guesses(proposer, tokens, 7)).containsExactly(6, 7, 5, 6, 7, 5, 6);
    }

    @Test
    void nothingThatCameBeforeNothingToGuess() {
        int[] tokens = IntStream.range(0, 1000).toArray();
        var proposer = new NgramProposer(10);
        proposer.see(tokens, 1000);
        assertThat(proposer.hasGuess()).isFalse();
    }

    @Test
    void learnsHowOftenItIsRight() {
        int[] period = new Random(1).ints(50, 0, 1000).toArray();
        int[] tokens = IntStream.range(0, 5000).map(i -> period[i % 50]).toArray();
        var right = new NgramProposer(1);
        right.see(tokens, 5000);
        assertThat(right.chance(0)).isGreaterThan(0.98);
        // pairs come again and again, but never with the same token behind them
        int[] pairs = IntStream.range(0, 3000).map(i -> i % 3 < 2 ? i % 3 : i).toArray();
        var wrong = new NgramProposer(1);
        wrong.see(pairs, 2999);
        assertThat(wrong.hasGuess()).isTrue();
        assertThat(wrong.chance(0)).isLessThan(0.02);
    }

    @Test
    void itSeesTheSameInOneLookOrMany() {
        var random = new Random(2);
        int[] tokens = random.ints(3000, 0, 12).toArray();
        var once = new NgramProposer(40);
        var often = new NgramProposer(40);
        once.see(tokens, 3000);
        for (int count = 0; count < 3000; count = Math.min(3000, count + 1 + random.nextInt(5))) {
            often.see(tokens, count);
        }
        often.see(tokens, 3000);
        assertThat(often.hasGuess()).isEqualTo(once.hasGuess());
        assertThat(guesses(often, tokens, 15)).isEqualTo(guesses(once, tokens, 15));
    }

    @Test
    void aTextBeyondItsMemoryIsGuessedFromItsEnd() {
        int[] period = new Random(3).ints(3000, 0, 50_000).toArray();
        int[] tokens = IntStream.range(0, 400_000).map(i -> period[i % 3000]).toArray();
        var proposer = new NgramProposer(399_000);
        proposer.see(tokens, tokens.length);
        assertThat(proposer.guess(tokens, 0)).isEqualTo(period[400_000 % 3000]);
    }
}
