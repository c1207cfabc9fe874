package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Guards planner/: how many machines are there for those that fail. */
final class SparesTest {
    private static final Supply OWNED = new Supply.Owned(Sample.H100, 100, 8);

    /** A machine is there 99 of 100 hours. */
    private static Reliability rules(int survive, OptionalDouble uptime) {
        return new Reliability(survive, uptime, 99, 1, 0.1, 1, 1e30);
    }

    @Test
    void oneOfTwoIsAwayMoreRarelyThanEither() {
        var spares = new Spares(rules(0, OptionalDouble.of(0.9995)), OWNED, 8, 140e9);
        Standby none = new Spares(rules(0, OptionalDouble.empty()), OWNED, 8, 140e9).beside(1, 100, 10);
        assertThat(none.machines()).isZero();
        assertThat(none.downtime()).isCloseTo(0.01, within(1e-9));
        Standby one = spares.beside(1, 100, 10);
        assertThat(one.machines()).isEqualTo(1);
        assertThat(one.downtime()).isCloseTo(0.01 * 0.01, within(1e-9));
    }

    @Test
    void ofManyMoreAreAwayAtOnce() {
        var spares = new Spares(rules(0, OptionalDouble.of(0.999)), OWNED, 8, 140e9);
        Standby standby = spares.beside(50, 100, 10);
        assertThat(standby.machines()).isEqualTo(4); // 1 - BinomCDF(3; 53, 0.01) = 0.0019, of 4 and 54: 0.00028
        assertThat(standby.downtime()).isLessThan(0.001);
        assertThat(standby.lossesPerHour()).isCloseTo(54 / 99.0, within(1e-9));
    }

    @Test
    void aMachineTakesAllItsCopiesAlong() {
        var spares = new Spares(rules(1, OptionalDouble.empty()), OWNED, 2, 140e9);
        assertThat(spares.machines(6)).isEqualTo(2);
        assertThat(spares.beside(6, 100, 10).copies()).isEqualTo(3); // of three in each
        assertThat(spares.beside(6, 2, 10).missing()).isEqualTo(1);
        assertThat(spares.copiesBeside(1, 3)).isEqualTo(8);
    }

    @Test
    void aCopyOfSeveralMachinesIsLostWithOneOfThem() {
        var spares = new Spares(rules(1, OptionalDouble.empty()), OWNED, 16, 140e9);
        Standby standby = spares.beside(1, 100, 10);
        assertThat(standby.copies()).isEqualTo(1);
        assertThat(spares.machines(standby)).isEqualTo(2);
        double there = Math.pow(0.99, 2);
        assertThat(standby.downtime()).isCloseTo((1 - there) * (1 - there), within(1e-9));
    }

    @Test
    void weightsAreReadAnewAndRequestsBeginAgain() {
        var rules = new Reliability(0, OptionalDouble.empty(), 99, 1, 0.1, 1, 1e9);
        Standby standby = new Spares(rules, OWNED, 8, 3600e9).beside(1, 100, 7200);
        assertThat(standby.reloadSeconds()).isCloseTo(3600, within(1e-6));
        assertThat(standby.awaySeconds()).isCloseTo(7200, within(1e-6));
        double away = 2 / 101.0;
        assertThat(standby.lostShare()).isCloseTo(away + 1 / 99.0, within(1e-9));
    }
}
