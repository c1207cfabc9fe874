package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.engine.Steps.loop;
import static smelt.engine.Steps.prompt;
import static smelt.engine.Steps.runAll;
import static smelt.engine.Steps.submit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.runtime.NullRunner;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: many at once, and what each costs beside the model's own work. */
class CrowdTest {
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void tenThousandSequencesEndInSeconds() {
        var loop = loop(new WatchedRunner(new Limits(97, 512, 16, 2000, 512, 64)), new Settings(512, 64, 1 << 24));
        var random = new Random(3);
        int[] ended = new int[1];
        for (int i = 0; i < 10_000; i++) {
            int[] prompt = prompt(1 + random.nextInt(100), i % 300);
            Terms terms = new Terms(i % 3, "key " + i % 50, null);
            submit(
                    loop,
                    Request.of(prompt).withMaxTokens(1 + random.nextInt(40)).withTerms(terms),
                    event -> {
                        if (event instanceof Event.Finished finished && finished.reason() == FinishReason.LENGTH) {
                            ended[0]++;
                        }
                    });
        }
        runAll(loop);
        assertThat(ended[0]).isEqualTo(10_000);
        assertThat(loop.metrics().cachedTokens()).isGreaterThan(100_000);
    }

    /** Measured: 200 bytes a token, of which the event is 24 and the chunk of one token 56; twice that before C2. */
    @Test
    void aTokenAllocatesLittleMoreThanItsEvent() {
        NullRunner runner = NullRunner.untimed(new Limits(97, 1 << 14, 32, 1 << 14, 512, 64));
        var loop = new EngineLoop(runner, null, Settings.DEFAULT, System::nanoTime);
        for (int i = 0; i < 32; i++) {
            submit(loop, Request.of(prompt(8, i)).withMaxTokens(4000), event -> {});
        }
        while (loop.metrics().generatedTokens() < 32 * 2000) {
            loop.doWork();
        }
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long tokens = loop.metrics().generatedTokens();
        long bytes = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 200; i++) {
            loop.doWork();
        }
        bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
        tokens = loop.metrics().generatedTokens() - tokens;
        assertThat(tokens).isEqualTo(32 * 200);
        assertThat(bytes / tokens).isLessThan(400);
        loop.close(null);
    }
}
