package smelt.planner.measurement;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.catalogue.Device;
import smelt.planner.choice.Formats;
import smelt.planner.choice.Texts;
import smelt.planner.model.Counts;
import smelt.planner.model.ModelCatalogue;
import smelt.planner.model.ModelShape;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.Deployment;
import smelt.planner.time.Engine;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Layout;

/**
 * What was measured beside what was forecast of it.
 *
 * @param place device and engine
 * @param ttft logarithm of measured by forecast; NaN where it was not measured
 * @param tpot likewise
 * @param source the file's name
 */
record Comparison(Place place, String model, double ttft, double tpot, String source) {
    /** Names in files that tell how weights are kept. */
    private static final Pattern WEIGHTS = Pattern.compile(
            "(?i)(?<![a-z0-9])(I?Q\\d(?:_[A-Z0-9]+)*|nvfp4|mxfp4|fp8|awq|gptq|w4a16|w8a8|int8|int4|bf16|fp16|f16)"
                    + "(?![a-z0-9])");

    /** Where forecasts err alike. */
    record Place(String device, String engine) {
        static Place of(Deployment deployment) {
            return new Place(
                    deployment.layout().device().name(), deployment.engine().name());
        }

        String text() {
            return engine + " on " + device;
        }
    }

    /** @throws Failure where what ran cannot be found out, or cannot have run so */
    static Comparison of(Measurement measured, MeasuredRun run, Forecaster forecaster, Catalogue catalogue) {
        Deployment deployment = deployment(measured, run, catalogue);
        Forecast expected = forecaster.forecast(deployment, measured.load());
        if (!expected.fits()) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "It cannot have run so: " + text(deployment) + " has no room for its "
                            + Texts.gigabytes(expected.memory().weightBytes()) + " of weights a device");
        }
        requireSlowerThanReading(measured, deployment);
        double ttft = Math.log(measured.ttftMillis() / expected.ttftMillis().value());
        double tpot = Math.log(measured.tpotMillis() / expected.tpotMillis().value());
        if (Double.isNaN(ttft) && Double.isNaN(tpot)) {
            ttft = Math.log(expected.tokensPerSecond().value() / measured.tokensPerSecond());
            tpot = ttft;
        }
        return new Comparison(Place.of(deployment), deployment.model().name(), ttft, tpot, run.name());
    }

    private static Deployment deployment(Measurement measured, MeasuredRun run, Catalogue catalogue) {
        if (measured.device().isBlank()) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "It does not say on which device it was measured");
        }
        if (measured.engine().name().isBlank()) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "It does not say which engine was measured");
        }
        Device device = catalogue.device(measured.device());
        ModelShape model = ModelCatalogue.of(measured.model());
        int devices = run.devices();
        return new Deployment(
                model,
                Formats.on(device, formats(measured, run)),
                new Layout(device, devices, 1, 1, devices, 1, false, 0),
                new Engine(measured.engine().name(), measured.engine().version()));
    }

    private static NumberFormats formats(Measurement measured, MeasuredRun run) {
        if (!run.weights().isEmpty()) {
            return NumberFormats.named(run.weights());
        }
        Matcher told = WEIGHTS.matcher(measured.model());
        return NumberFormats.named(told.find() ? told.group(1) : "bf16");
    }

    /** Of a model without experts each step reads all weights. */
    private static void requireSlowerThanReading(Measurement measured, Deployment deployment) {
        if (deployment.model().hasExperts() || Double.isNaN(measured.tpotMillis())) {
            return;
        }
        double bytes = (double) Counts.weightBytes(deployment.model(), deployment.formats())
                - Counts.embedding(deployment.model())
                        * deployment.formats().keptWide().bitsPerWeight()
                        / 8;
        Layout layout = deployment.layout();
        double least =
                bytes / layout.devices() / layout.device().memoryBandwidth().value();
        if (measured.tpotMillis() / 1e3 < least) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "It cannot have run so: " + Texts.seconds(measured.tpotMillis() / 1e3) + " a token, but "
                            + text(deployment) + " reads its weights in no less than " + Texts.seconds(least));
        }
    }

    private static String text(Deployment deployment) {
        return deployment.model().name() + " in "
                + deployment.formats().weights().name() + " on "
                + deployment.layout().devices() + " x "
                + deployment.layout().device().name();
    }
}
