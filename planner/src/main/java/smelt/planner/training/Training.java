package smelt.planner.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Link;
import smelt.planner.catalogue.Precision;
import smelt.planner.model.Counts;
import smelt.planner.training.TrainingQuestion.Method;

/**
 * Memory and time of training, by counting.
 *
 * <p>Arithmetic: 6 operations a weight and token (2 forward, 2 for the inputs' and 2 for the weights' gradients; the
 * last not for frozen weights), 2 more where activations are recomputed; attention besides. Communication: ring
 * collectives; tensor parallel all-reduces four times a layer, or six with recomputation, and hides nothing; what data
 * parallel copies exchange hides behind half of the arithmetic.
 */
public final class Training {
    /** Of the dense peak, in large matrices: an estimate; Llama 3 tells 38 to 43% all told on H100. */
    static final double EFFICIENCY = 0.5;

    /** Of a link's one-way rate, in large collectives: an estimate. */
    static final double LINK_EFFICIENCY = 0.75;

    /**
     * Bytes a second of each device where the catalogue knows no network: 400 Gbit/s each beside NVLink and the like.
     */
    static final double FAST_NETWORK = 50e9;

    /** The same elsewhere: 100 Gbit/s for a host of eight. */
    static final double SLOW_NETWORK = 100e9 / 8 / 8;

    private static final double HIDDEN = 0.5;
    private static final int MOST_TENSOR = 8;
    private static final int MOST_STAGES = 32;

    private final TrainingQuestion question;
    private final TrainingBytes bytes;
    private final double parameters;
    private final double active;
    private final double peak;

    private Training(TrainingQuestion question) {
        this.question = question;
        parameters = Counts.parameters(question.model());
        active = Counts.activeParameters(question.model());
        bytes = new TrainingBytes(question, parameters);
        peak = peak(question.device());
    }

    private static double peak(Device device) {
        var figure = device.flops().getOrDefault(Precision.BF16, device.flops().get(Precision.F32));
        if (figure == null) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED, device.name() + " has no peak for 16-bit floats in the catalogue");
        }
        return figure.value();
    }

    /** Every layout of the devices; those with room first, the fastest of them first. */
    public static List<TrainingEstimate> estimate(TrainingQuestion question) {
        var training = new Training(question);
        List<TrainingEstimate> all = new ArrayList<>();
        for (int stages = 1; stages <= Math.min(MOST_STAGES, question.model().layerCount()); stages *= 2) {
            int most = Math.min(MOST_TENSOR, question.devicesPerMachine());
            for (int tensor = 1; tensor <= most; tensor *= 2) {
                if (question.devices() % (tensor * stages) == 0) {
                    training.add(all, tensor, stages, question.devices() / (tensor * stages));
                }
            }
        }
        all.sort(Comparator.comparing((TrainingEstimate e) -> !e.memory().fits())
                .thenComparingDouble(
                        e -> e.memory().fits() ? e.totalSeconds() : e.memory().needed()));
        return all;
    }

    private void add(List<TrainingEstimate> all, int tensor, int stages, int data) {
        for (int zero = 0; zero <= (data == 1 ? 0 : 3); zero++) {
            if (zero < 2 || stages == 1) { // gradients and weights of stages are needed by every micro-batch
                all.add(estimate(new TrainingLayout(tensor, stages, data, zero, false)));
                all.add(estimate(new TrainingLayout(tensor, stages, data, zero, true)));
            }
        }
    }

    private TrainingEstimate estimate(TrainingLayout layout) {
        double sequences = Math.max(1, question.batchTokens() / question.sequence());
        double rounds = Math.max(1, Math.ceil(sequences / layout.data())); // of one sequence in each copy
        double tokens = rounds * layout.data() * question.sequence();
        double own = operations(false) * tokens;
        double compute = operations(layout.recompute()) * tokens / (question.devices() * peak * EFFICIENCY);
        double exposed = tensorSeconds(layout, rounds) + Math.max(0, dataSeconds(layout, rounds) - HIDDEN * compute);
        double bubble = compute * (layout.pipeline() - 1) / rounds;
        double step = compute + exposed + bubble;
        double rate = tokens / step;
        return new TrainingEstimate(
                layout,
                bytes.of(layout),
                compute,
                exposed,
                bubble,
                rate,
                question.tokens() / rate,
                own / (step * question.devices() * peak));
    }

    /** Of one token. */
    private double operations(boolean recompute) {
        double attention = 2.0 * question.sequence() * bytes.attentionWidth(); // causal: half of 2 x 2 x positions
        double forward = 2 * active + attention;
        double backward = question.method() == Method.FULL ? 2 * forward : forward + attention;
        return forward + backward + (recompute ? forward : 0);
    }

    private double tensorSeconds(TrainingLayout layout, double rounds) {
        if (layout.tensor() == 1) {
            return 0;
        }
        double each = 2.0 * question.sequence() * question.model().hidden(); // bytes of bf16
        double layers = (double) question.model().layerCount() / layout.pipeline();
        int times = layout.recompute() ? 6 : 4;
        return rounds * layers * times * ring(2 * each, layout.tensor(), bandwidth(layout.tensor()));
    }

    private double dataSeconds(TrainingLayout layout, double rounds) {
        if (layout.data() == 1) {
            return 0;
        }
        double shard = parameters / (layout.tensor() * layout.pipeline());
        double trained = bytes.trained() / (layout.tensor() * layout.pipeline());
        double rate = bandwidth(question.devices());
        double gradients = layout.zero() < 2
                ? ring(2 * 2 * trained, layout.data(), rate) // all-reduce, bf16
                : rounds * ring(2 * trained, layout.data(), rate); // reduce-scatter of each micro-batch
        if (layout.zero() < 3) {
            return gradients;
        }
        double gathered = question.method().weightBytes() * shard;
        int gathers = 2;
        return gradients + rounds * gathers * ring(gathered, layout.data(), rate);
    }

    /** Of {@code bytes} that go round once among {@code devices}. */
    private static double ring(double bytes, int devices, double rate) {
        return bytes * (devices - 1) / devices / (rate * LINK_EFFICIENCY);
    }

    /** Bytes a second, one way, by which so many devices reach each other. */
    private double bandwidth(int devices) {
        List<Link> links = question.device().links();
        int machine = question.devicesPerMachine();
        for (Link link : links) {
            boolean reaches = link.domain() >= devices
                    && (devices <= machine || link.kind() == Link.Kind.ETHERNET || link.domain() > machine);
            if (reaches) {
                double rate = link.bytesPerSecond().value();
                return link.kind() == Link.Kind.PCIE_HOST ? rate / 2 : rate; // up to the host and down again
            }
        }
        boolean fast = links.stream().anyMatch(l -> switch (l.kind()) {
            case NVLINK, INFINITY_FABRIC, ICI -> true;
            case PCIE_PEER, PCIE_HOST, UPI, ETHERNET, OTHER -> false;
        });
        return fast ? FAST_NETWORK : SLOW_NETWORK;
    }
}
