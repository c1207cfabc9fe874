package smelt.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Guards engine/: exp is accurate where it counts and total everywhere. */
class ExpTest {
    @Test
    void agreesWithStrictMath() {
        var random = new Random(1);
        double worst = 0;
        for (int i = 0; i < 200_000; i++) {
            double x = -random.nextDouble() * (i % 2 == 0 ? 700 : 5);
            double expected = StrictMath.exp(x);
            worst = Math.max(worst, Math.abs(Exp.ofNonPositive(x) - expected) / expected);
        }
        assertThat(worst).isLessThan(1e-15);
    }

    @Test
    void knowsTheEdges() {
        assertThat(Exp.ofNonPositive(0)).isEqualTo(1);
        assertThat(Exp.ofNonPositive(-0.0)).isEqualTo(1);
        assertThat(Exp.ofNonPositive(Double.NEGATIVE_INFINITY)).isZero();
        assertThat(Exp.ofNonPositive(-1e300)).isZero();
        assertThat(Exp.ofNonPositive(Double.NaN)).isNaN();
        assertThat(Exp.ofNonPositive(-708)).isPositive();
    }
}
