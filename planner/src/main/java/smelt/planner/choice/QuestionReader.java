package smelt.planner.choice;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Offer;
import smelt.planner.model.ModelCatalogue;
import smelt.planner.model.ModelShape;
import smelt.planner.model.NumberFormats;

/** The way from what was said to a {@link Question}; all problems are told at once. */
public final class QuestionReader {
    private static final Pattern MACHINES = Pattern.compile("(?:(\\d{1,4})\\s*[xX*]\\s*)?(\\d{1,5})\\s*[xX*]\\s*(.+)");
    private static final int MOST_TOKENS = 10_000_000;
    private static final double LEAST_RATE = 2 / 86400.0;
    private static final double MOST_RATE = 1e6;
    private static final int USUAL_MACHINE = 8;
    private static final int MOST_SPARES = 64;
    private static final double MOST_AVAILABILITY = 0.999999;
    private static final Set<Offer.Terms> USUAL_TERMS = EnumSet.complementOf(EnumSet.of(Offer.Terms.SPOT));
    private static final double HOURS_PER_MONTH = Economy.HOURS_PER_YEAR / 12;

    private final Map<String, List<String>> said;
    private final List<String> problems = new ArrayList<>();
    private Catalogue catalogue;

    private final Function<String, ModelShape> models;

    private QuestionReader(Map<String, List<String>> said, Catalogue catalogue, Function<String, ModelShape> models) {
        this.said = said;
        this.catalogue = catalogue;
        this.models = models;
    }

    /**
     * Reads what was said, by names of {@link PlanSetting#ALL}; a flag is {@code true}.
     *
     * @param catalogue to which files that are named are added
     * @throws Failure INVALID_ARGUMENT with all problems
     */
    public static Question read(Map<String, List<String>> said, Catalogue catalogue) {
        return read(said, catalogue, ModelCatalogue::of);
    }

    /** The same; {@code models} knows the shape of a model by what was said of it. */
    public static Question read(
            Map<String, List<String>> said, Catalogue catalogue, Function<String, ModelShape> models) {
        return new QuestionReader(said, catalogue, models).question();
    }

    private Question question() {
        for (String file : texts("catalogue")) {
            catalogue = tried("catalogue", file, f -> catalogue.with(Path.of(f)), catalogue);
        }
        String name = text("model").orElse("");
        Optional<ModelShape> model = name.isEmpty() ? Optional.empty() : model(name);
        if (name.isEmpty()) {
            problems.add("there is no model: say --model llama-3.1-70b, or the path of a config.json");
        }
        Workload workload = workload();
        Demand demand = new Demand(workload, rate(workload), reliability());
        model.ifPresent(m -> checkLength(m, workload));
        Economy usual = Economy.USUAL;
        Economy economy = new Economy(
                value("years", t -> Quantities.number(t, 0.1, 30), usual.years()),
                value("power-price", Quantities::dollars, usual.dollarsPerKwh()),
                value("pue", t -> Quantities.number(t, 1, 5), usual.pue()),
                value("utilisation", t -> Quantities.share(t, 0.001), usual.utilisation()));
        Supplies supplies = supplies();
        SearchSpace space = space();
        List<Constraint> constraints = constraints(demand);
        refuse();
        return new Question(name, model.orElseThrow(), demand, constraints, supplies, economy, space, market());
    }

    private Reliability reliability() {
        Reliability usual = Reliability.USUAL;
        return new Reliability(
                whole("survive", 0, 0, MOST_SPARES),
                value("availability", t -> OptionalDouble.of(availability(t)), OptionalDouble.empty()),
                value("mtbf", Quantities::hours, usual.hoursBetweenFailures()),
                value("repair", Quantities::hours, usual.repairHours()),
                value("replace", Quantities::hours, usual.replaceHours()),
                value("spot-losses", t -> Quantities.perSecond(t) * 3600, usual.interruptionsPerHour()),
                value("disk", Quantities::bytesPerSecond, usual.diskBytesPerSecond()));
    }

    private static double availability(String text) {
        double share = Quantities.share(text, 0.5);
        if (share > MOST_AVAILABILITY) {
            throw new IllegalArgumentException("must be 99.9999% at most (nothing never fails) but is " + text);
        }
        return share;
    }

    private Market market() {
        return Market.of(catalogue, LocalDate.now(ZoneOffset.UTC));
    }

    private void checkLength(ModelShape model, Workload workload) {
        if (model.contextLength() <= 0) {
            return;
        }
        workload.replay().ifPresent(replay -> {
            long longer = replay.longerThan(model.contextLength());
            if (longer > 0) {
                problems.add("trace: " + longer + " requests of " + replay.text() + ", are longer than the "
                        + model.contextLength() + " tokens that " + model.name()
                        + " was made for (cut them, or take a model with a longer context)");
            }
        });
        if (workload.replay().isEmpty() && workload.tokens() > model.contextLength()) {
            problems.add("requests of " + workload.input() + " + " + workload.output() + " tokens are longer than the "
                    + model.contextLength() + " that " + model.name() + " was made for");
        }
    }

    private Optional<ModelShape> model(String name) {
        return tried("model", name, n -> Optional.of(models.apply(n)), Optional.empty());
    }

    private Workload workload() {
        Workload usual = Workload.KNOWN.getFirst();
        if (said.containsKey("trace")) {
            return traced(usual);
        }
        Workload workload = value("workload", Workload::named, usual);
        int input = whole("input", workload.input(), 1, MOST_TOKENS);
        int output = whole("output", workload.output(), 1, MOST_TOKENS);
        if (input != workload.input() || output != workload.output()) {
            workload = workload.withLengths(input, output, "as asked");
        }
        double hits = workload.prefixHitShare();
        return workload.withPrefixHits(value("prefix-hits", t -> Quantities.share(t, 0), hits));
    }

    private Workload traced(Workload usual) {
        for (String other : List.of("workload", "input", "output", "prefix-hits")) {
            if (said.containsKey(other)) {
                problems.add("trace and " + other + " contradict each other: the trace has its requests' lengths, and"
                        + " what they have in common where it has columns prefix_tokens and prefix_group");
            }
        }
        return value("trace", t -> Replay.of(Path.of(t)).workload(), usual);
    }

    private OptionalDouble rate(Workload workload) {
        if (said.containsKey("rate") && said.containsKey("throughput")) {
            problems.add("rate and throughput say the same: give one of them");
        }
        OptionalDouble own = workload.replay()
                .map(replay -> OptionalDouble.of(replay.requestsPerSecond()))
                .orElse(OptionalDouble.empty());
        OptionalDouble rate = value("rate", t -> OptionalDouble.of(rate(t, 1)), own);
        return value("throughput", t -> OptionalDouble.of(rate(t, workload.output())), rate);
    }

    /** Of requests, each of which is so many of what {@code text} counts. */
    private static double rate(String text, int each) {
        double rate = Quantities.perSecond(text) / each;
        if (rate < LEAST_RATE || rate > MOST_RATE) {
            throw new IllegalArgumentException(
                    "must come to 2 requests a day at least and to a million a second at" + " most but is " + text);
        }
        return rate;
    }

    private Supplies supplies() {
        List<Supply.Owned> owned = new ArrayList<>();
        for (String text : texts("own")) {
            tried("own", text, t -> owned.add(owned(t)), false);
        }
        List<String> sellers =
                texts("clouds").stream().map(s -> s.toLowerCase(Locale.ROOT)).toList();
        boolean rent = !sellers.isEmpty();
        boolean buy = flag("buy");
        boolean onPremises = flag("on-premises");
        if (onPremises && rent) {
            problems.add("on-premises and clouds contradict each other: leave one of them out");
        }
        List<String> known = catalogue.offers().stream()
                .map(o -> o.seller().toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
        sellers.stream()
                .filter(s -> !s.equals("any") && !known.contains(s))
                .forEach(s -> problems.add(
                        "clouds: there are no offers of " + s + " (known: " + String.join(", ", known) + ")"));
        boolean anything = owned.isEmpty() && !rent && !buy;
        return new Supplies(
                owned,
                rent || anything && !onPremises,
                sellers.contains("any") ? List.of() : sellers,
                buy || anything,
                terms());
    }

    private Set<Offer.Terms> terms() {
        Set<Offer.Terms> terms = EnumSet.noneOf(Offer.Terms.class);
        texts("terms").forEach(t -> tried("terms", t, n -> terms.addAll(terms(n)), false));
        return terms.isEmpty() ? USUAL_TERMS : terms;
    }

    private static Set<Offer.Terms> terms(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "any" -> EnumSet.allOf(Offer.Terms.class);
            case "on-demand" -> EnumSet.of(Offer.Terms.ON_DEMAND);
            case "spot" -> EnumSet.of(Offer.Terms.SPOT);
            case "reserved-1y" -> EnumSet.of(Offer.Terms.RESERVED_1Y);
            case "reserved-3y" -> EnumSet.of(Offer.Terms.RESERVED_3Y);
            default ->
                throw new IllegalArgumentException(
                        "must be on-demand, spot, reserved-1y, reserved-3y or any but is " + text);
        };
    }

    private Supply.Owned owned(String text) {
        Matcher parts = MACHINES.matcher(text.strip());
        if (!parts.matches()) {
            return new Supply.Owned(catalogue.device(text.strip()), 1, 1);
        }
        Device device = catalogue.device(parts.group(3));
        int count = Integer.parseInt(parts.group(2));
        int machines = parts.group(1) == null ? 1 : Integer.parseInt(parts.group(1));
        if (count == 0 || machines == 0) {
            throw new IllegalArgumentException("must name one device at least but is " + text);
        }
        if (parts.group(1) == null && count > USUAL_MACHINE && count % USUAL_MACHINE == 0) {
            return new Supply.Owned(device, count / USUAL_MACHINE, USUAL_MACHINE);
        }
        return new Supply.Owned(device, machines, count);
    }

    private SearchSpace space() {
        List<Device> devices = new ArrayList<>();
        texts("on").forEach(t -> tried("on", t, name -> devices.add(catalogue.device(name)), false));
        OptionalDouble kvBytes = value("kv", t -> OptionalDouble.of(kvBytes(t)), OptionalDouble.empty());
        List<NumberFormats> formats = new ArrayList<>();
        texts("weights").forEach(t -> tried("weights", t, n -> formats.add(kept(n, kvBytes)), false));
        List<String> engines = new ArrayList<>();
        texts("engine").forEach(t -> tried("engine", t, n -> engines.add(engine(n)), false));
        Device host = value("host", catalogue::device, Hosts.DESKTOP);
        return new SearchSpace(
                devices,
                formats,
                engines,
                whole("tensor-limit", 16, 1, 1024),
                flag("offload"),
                host,
                flag("disaggregate"));
    }

    private static NumberFormats kept(String name, OptionalDouble kvBytes) {
        NumberFormats formats = NumberFormats.named(name);
        return kvBytes.isPresent() ? formats.withKvBytes(kvBytes.getAsDouble()) : formats;
    }

    private static double kvBytes(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "f16", "fp16", "bf16", "16" -> 2;
            case "fp8", "q8", "q8_0", "8" -> 1;
            default -> throw new IllegalArgumentException("must be f16 or fp8 but is " + text);
        };
    }

    private static String engine(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        if (!Engines.NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "must be one of " + String.join(", ", Engines.NAMES) + " but is " + text);
        }
        return name;
    }

    private List<Constraint> constraints(Demand demand) {
        List<Constraint> all = new ArrayList<>();
        limit(all, Measure.TTFT, "ttft", Quantities::seconds);
        limit(all, Measure.TPOT, "tpot", Quantities::seconds);
        limit(all, Measure.PER_MILLION, "cost", Quantities::dollars);
        limit(all, Measure.WATTS, "power", Quantities::watts);
        limit(all, Measure.DEVICES, "max-devices", t -> Quantities.whole(t, 1, 1 << 20));
        value("budget", t -> Optional.of(budget(t)), Optional.<Constraint>empty())
                .ifPresent(all::add);
        if (flag("on-premises")) {
            all.add(new Constraint(Measure.OFF_PREMISES, 0));
        }
        if (demand.reliability().isAsked()) {
            all.add(new Constraint(Measure.SPOT, 0));
            all.add(new Constraint(Measure.MISSING_SPARES, 0));
        }
        demand.reliability().uptime().ifPresent(up -> all.add(new Constraint(Measure.DOWNTIME, 1 - up)));
        return all;
    }

    private void limit(List<Constraint> all, Measure measure, String name, Function<String, Number> parser) {
        value(name, t -> Optional.of(parser.apply(t).doubleValue()), Optional.<Double>empty())
                .ifPresent(most -> all.add(new Constraint(measure, most)));
    }

    /** Money at once, or by the hour. */
    private static Constraint budget(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return new Constraint(Measure.PURCHASE, Quantities.dollars(text));
        }
        double hours = switch (text.substring(slash + 1).strip().toLowerCase(Locale.ROOT)) {
            case "h", "hour" -> 1;
            case "day", "d" -> 24;
            case "month" -> HOURS_PER_MONTH;
            case "year" -> Economy.HOURS_PER_YEAR;
            default ->
                throw new IllegalArgumentException("must be like 20000, 5/h, 3000/month or 40000/year but is " + text);
        };
        return new Constraint(Measure.PER_HOUR, Quantities.dollars(text.substring(0, slash)) / hours);
    }

    private Optional<String> text(String name) {
        List<String> texts = said.getOrDefault(name, List.of());
        return texts.isEmpty() ? Optional.empty() : Optional.of(texts.getLast());
    }

    private List<String> texts(String name) {
        return said.getOrDefault(name, List.of()).stream()
                .flatMap(t -> java.util.Arrays.stream(t.split(",")))
                .map(String::strip)
                .filter(t -> !t.isEmpty())
                .toList();
    }

    private boolean flag(String name) {
        return value(
                name,
                t -> switch (t.toLowerCase(Locale.ROOT)) {
                    case "true", "yes" -> true;
                    case "false", "no" -> false;
                    default -> throw new IllegalArgumentException("must be true or false but is " + t);
                },
                false);
    }

    private int whole(String name, int usual, int least, int most) {
        return value(name, t -> Quantities.whole(t, least, most), usual);
    }

    private <T> T value(String name, Function<String, T> parser, T usual) {
        return text(name).map(t -> tried(name, t, parser, usual)).orElse(usual);
    }

    private <T> T tried(String name, String text, Function<String, T> parser, T usual) {
        try {
            return parser.apply(text);
        } catch (InvalidPathException e) {
            problems.add(name + " is no path: " + text);
        } catch (IllegalArgumentException e) {
            problems.add(name + " " + e.getMessage());
        } catch (Failure e) {
            problems.add(name + ": " + e.what() + (e.nextStep() == null ? "" : " (" + e.nextStep() + ")"));
        }
        return usual;
    }

    private void refuse() {
        if (!problems.isEmpty()) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    problems.size() == 1
                            ? problems.getFirst()
                            : "The question has " + problems.size() + " problems:\n  - "
                                    + String.join("\n  - ", problems));
        }
    }
}
