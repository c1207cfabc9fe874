package smelt.planner.choice;

import java.util.function.ToDoubleFunction;

/** What a constraint can bound; less is better. */
public enum Measure {
    TTFT("time to the first token", "ttft", Plan::ttft),
    TPOT("time per output token", "tpot", Plan::tpot),
    PER_MILLION("cost per million tokens", "cost", p -> p.cost().perMillion()),
    PURCHASE("purchase", "budget", p -> p.cost().purchase()),
    PER_HOUR("cost per hour", "budget", p -> p.cost().dollarsPerHour()),
    WATTS("power", "power", p -> p.cost().watts()),
    DEVICES("number of devices", "max-devices", Plan::devices),
    /** Devices at somebody else's site. */
    OFF_PREMISES("data stays on premises", "on-premises", p -> p.devicesOf(Supply.Rented.class)),
    /** Devices that are not there yet. */
    NOT_OWNED("only owned machines", "own", p -> p.devices() - p.devicesOf(Supply.Owned.class)),
    /** Devices that may be taken away. */
    SPOT(
            "no spot machines where others may fail",
            "availability",
            p -> Reliability.isSpot(p.supply()) ? p.devices() : 0),
    MISSING_SPARES("machines to spare", "survive", p -> p.standby().missing()),
    DOWNTIME("time with too few machines", "availability", p -> p.standby().downtime()),
    BOUGHT("nothing is bought", "buy", p -> p.devicesOf(Supply.Bought.class));

    private final String title;
    private final String setting;
    private final ToDoubleFunction<Plan> amount;

    Measure(String title, String setting, ToDoubleFunction<Plan> amount) {
        this.title = title;
        this.setting = setting;
        this.amount = amount;
    }

    public double of(Plan plan) {
        return amount.applyAsDouble(plan);
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** Whether it is wanted or not, rather than bounded. */
    boolean isForbidden() {
        return switch (this) {
            case OFF_PREMISES, NOT_OWNED, SPOT, MISSING_SPARES, BOUGHT -> true;
            case TTFT, TPOT, PER_MILLION, PURCHASE, PER_HOUR, WATTS, DEVICES, DOWNTIME -> false;
        };
    }

    /** The setting that bounds it. */
    public String setting() {
        return setting;
    }

    /** {@code value} with its unit. */
    public String text(double value) {
        return switch (this) {
            case TTFT, TPOT -> Texts.seconds(value);
            case PER_MILLION, PURCHASE -> Texts.dollars(value);
            case PER_HOUR -> Texts.dollars(value) + "/h";
            case WATTS -> Texts.watts(value);
            case DOWNTIME -> Texts.duration(value * Economy.HOURS_PER_YEAR * 3600) + " a year";
            case DEVICES, OFF_PREMISES, NOT_OWNED, SPOT, MISSING_SPARES, BOUGHT -> Texts.number(value);
        };
    }
}
