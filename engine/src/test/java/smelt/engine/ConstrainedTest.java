package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static smelt.engine.Steps.prompt;
import static smelt.engine.Steps.runAll;
import static smelt.engine.Steps.submit;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.constraint.Constraint;
import smelt.engine.sampling.Sampling;
import smelt.runtime.NullRunner;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: what is generated under a constraint fits it, however tokens are chosen, and ends where it must. */
class ConstrainedTest {
    private static final Limits LIMITS = new Limits(97, 256, 16, 32, 64, 16);
    private static final List<Constraint> CONSTRAINTS = LetterDecoder.constraints(97);

    private static RecordedEvents run(Request request) {
        var loop = new EngineLoop(NullRunner.untimed(LIMITS), LetterDecoder::new, Settings.DEFAULT, () -> 0);
        var events = new RecordedEvents();
        submit(loop, request, events);
        runAll(loop);
        return events;
    }

    @Test
    void textFitsTheGrammarAndEndsWithIt() {
        List<Sampling> samplings = List.of(
                Sampling.GREEDY,
                Steps.RANDOM,
                Sampling.DEFAULT,
                Sampling.DEFAULT.withTopK(0),
                Steps.RANDOM.withTopP(0.3),
                Steps.RANDOM.withTypicalP(0.5).withMinP(0.1),
                Sampling.GREEDY.withRepetitionPenalty(1.5).withPenaltyWindow(30));
        for (int i = 0; i < 140; i++) {
            Request request = Request.of(prompt(5, i))
                    .withSampling(samplings.get(i % samplings.size()).withSeed(i))
                    .withConstraint(CONSTRAINTS.get(2));
            RecordedEvents events = run(i % 3 == 0 ? request.withLogProbs(2) : request);
            assertThat(events.reason()).isEqualTo(FinishReason.STOP);
            // what was held back ends with the decoder's own mark
            assertThat(events.text()).matches("[^aeiou]{20}!");
        }
    }

    @Test
    void endTokensComeWhereTheTextMayEnd() {
        Set<Integer> ends = Set.of(7, 20); // h and u
        for (int i = 0; i < 100; i++) {
            Request request = Request.of(prompt(5, i))
                    .withSampling(Steps.RANDOM.withSeed(i))
                    .withEndIds(ends)
                    .withConstraint(CONSTRAINTS.get(1));
            RecordedEvents events = run(request);
            String text = events.text().replace("!", "");
            assertThat(text).matches("(ab|b[c-h]*|[i-z]x)*[abi-z]?[c-h]*");
            if (events.reason() == FinishReason.END) {
                assertThat(text).matches("(ab|b[c-h]*|[i-z]x)*");
            }
        }
    }

    @Test
    void aConstraintThatGetsStuckFailsItsOwnRequest() {
        var loop = new EngineLoop(NullRunner.untimed(LIMITS), LetterDecoder::new, Settings.DEFAULT, () -> 0);
        Request free = Request.of(prompt(9, 1)).withMaxTokens(40);
        RecordedEvents alone = run(free);
        var stuck = new RecordedEvents();
        var neighbour = new RecordedEvents();
        submit(loop, Request.of(prompt(9, 2)).withConstraint(CONSTRAINTS.get(4)), stuck);
        submit(loop, free, neighbour);
        runAll(loop);
        assertThat(stuck.ids()).hasSize(5);
        assertThat(stuck.failed().failure().code()).isEqualTo(FailureCode.UNSUPPORTED);
        assertThat(neighbour.withoutLast()).isEqualTo(alone.withoutLast());
    }

    @Test
    void aConstraintForALargerVocabularyIsRefused() {
        var loop = new EngineLoop(NullRunner.untimed(LIMITS), LetterDecoder::new, Settings.DEFAULT, () -> 0);
        Constraint other = LetterDecoder.constraints(98).getFirst();
        assertThatThrownBy(() -> submit(loop, Request.of(1).withConstraint(other), new RecordedEvents()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("98");
    }
}
