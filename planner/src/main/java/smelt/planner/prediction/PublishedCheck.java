package smelt.planner.prediction;

import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.planner.choice.Power;
import smelt.planner.time.Deployment;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Interval;
import smelt.planner.time.Load;

/**
 * Forecasts of figures that others published. No fit has seen them; priors of engines and devices that no measurement
 * is fitted on were rounded by them (llama.cpp, vLLM of 2023, MI300X, Gaudi 3, Xeon, links over PCIe).
 */
final class PublishedCheck {
    /** Sequences that run together at most, of one copy. */
    private static final int MOST_USERS = 2048;
    /** Of MLPerf for Llama 2 70B and Mixtral: 99% of the requests; here the mean. */
    private static final double SERVER_TTFT_MS = 2000;

    private static final double SERVER_TPOT_MS = 200;

    private final Forecaster forecaster;

    PublishedCheck(Forecaster forecaster) {
        this.forecaster = forecaster;
    }

    /**
     * A published figure beside its forecast, both in the unit of the quantity.
     *
     * @param forecast null where it would not fit
     * @param watts at the wall, forecast
     */
    record Checked(Published published, @Nullable Interval forecast, double watts) {
        /** Log of forecast by measured speed: above 0 the forecast is too hopeful. */
        double error() {
            if (forecast == null) {
                return Double.NaN;
            }
            double log = Math.log(forecast.value() / published.value());
            return published.quantity().isRate() ? log : -log;
        }

        boolean holds() {
            return forecast != null && forecast.low() <= published.value() && published.value() <= forecast.high();
        }
    }

    List<Checked> all(List<Published> published) {
        return published.stream().map(this::check).toList();
    }

    private Checked check(Published p) {
        Interval best = null;
        for (Deployment deployment : p.deployments()) {
            Interval one = forecast(p, deployment);
            if (one != null && (best == null || one.value() > best.value())) {
                best = one;
            }
        }
        return new Checked(p, best, Power.watts(p.device(), p.devices(), 1));
    }

    private @Nullable Interval forecast(Published p, Deployment deployment) {
        return switch (p.quantity()) {
            case OFFLINE, SERVER -> throughput(p, deployment);
            case PROMPT_MS -> prompt(p, deployment);
            case TOKEN_MS -> token(p, deployment);
            case DECODE -> perSecond(1, token(p, deployment));
            case PROMPT -> perSecond(p.input(), prompt(p, deployment));
        };
    }

    /** Most output tokens a second of all copies, over the number of users. */
    private @Nullable Interval throughput(Published p, Deployment deployment) {
        double copies = (double) p.devices() / deployment.layout().tensor();
        Interval best = null;
        int most = MOST_USERS;
        for (int users = 1; users <= most; users = users == most ? most + 1 : Math.min(2 * users, most)) {
            Forecast f = forecaster.forecast(deployment, new Load(p.input(), p.output(), users, 0));
            if (!f.fits()) {
                return null;
            }
            most = Math.clamp(f.memory().kvRoomTokens() / (p.input() + p.output() / 2), 1, MOST_USERS);
            Interval one = p.quantity() == Published.Quantity.OFFLINE ? offline(f, users) : server(f);
            if (one != null && (best == null || one.value() * copies > best.value())) {
                best = new Interval(one.low() * copies, one.value() * copies, one.high() * copies);
            }
        }
        return best;
    }

    /** The next prompt is always there, and computed within the steps of other answers. */
    private static Interval offline(Forecast f, int users) {
        Interval one = perSecond(1, f.tpotMillis());
        return new Interval(users * one.low(), users * one.value(), users * one.high());
    }

    /** Null where the limits do not hold. */
    private static @Nullable Interval server(Forecast f) {
        boolean good =
                f.ttftMillis().value() <= SERVER_TTFT_MS && f.tpotMillis().value() <= SERVER_TPOT_MS;
        return good ? f.tokensPerSecond() : null;
    }

    /** Milliseconds of the step that computes a prompt, without what a server adds. */
    private Interval prompt(Published p, Deployment deployment) {
        double seconds = forecaster.clock(deployment).seconds(p.input(), (long) p.input() * (p.input() / 2), 0, 0);
        return around(1e3 * seconds, forecaster.forecast(deployment, load(p)).ttftMillis());
    }

    /** Milliseconds of a step that gives each user a token. */
    private Interval token(Published p, Deployment deployment) {
        long position = p.input() + p.output() / 2L;
        double seconds = forecaster.clock(deployment).seconds(0, 0, p.users(), p.users() * position);
        return around(1e3 * seconds, forecaster.forecast(deployment, load(p)).tpotMillis());
    }

    private static Load load(Published p) {
        return new Load(p.input(), p.output(), p.users(), 0);
    }

    private static Interval around(double value, Interval like) {
        return new Interval(value * like.low() / like.value(), value, value * like.high() / like.value());
    }

    private static Interval perSecond(int tokens, Interval millis) {
        return new Interval(1e3 * tokens / millis.high(), 1e3 * tokens / millis.value(), 1e3 * tokens / millis.low());
    }
}
