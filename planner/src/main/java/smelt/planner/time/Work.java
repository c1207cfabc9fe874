package smelt.planner.time;

import java.util.ArrayList;
import java.util.List;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Figure;
import smelt.planner.catalogue.Link;
import smelt.planner.catalogue.Precision;
import smelt.planner.model.Attention;
import smelt.planner.model.Counts;
import smelt.planner.model.LayerGroup;
import smelt.planner.model.LayerParameters;
import smelt.planner.model.ModelShape;
import smelt.planner.model.NumberFormats;
import smelt.planner.model.WeightFormat;

/**
 * What a step asks of one device: bytes, operations (a multiplication and an addition are two) and messages, with the
 * rates of the data sheet.
 *
 * @param fixedBytes weights that every step reads
 * @param expertBytes weights of routed experts that lie on the device
 * @param looks how layers look back
 * @param stateBytes of one sequence, for layers with a state in place of keys and values
 * @param denseSeconds of one row's operations with matrices at the peak rate, spread over all devices
 * @param expertSeconds the same with routed experts
 * @param headSeconds of one row that a token is drawn from
 * @param attentionPeak operations per second
 * @param hop seconds of a message by this link, where NVLink takes 1
 */
record Work(
        double fixedBytes,
        double expertBytes,
        List<Look> looks,
        double stateBytes,
        double denseSeconds,
        double expertSeconds,
        double headSeconds,
        int experts,
        int active,
        int expertLayers,
        int layers,
        int hidden,
        int devices,
        int copies,
        int expertDevices,
        int stages,
        double attentionPeak,
        double bandwidth,
        double link,
        double hop,
        double memory) {

    /**
     * Layers that look back alike, all together, on one device.
     *
     * @param bytes kept of one position
     * @param indexBytes of these, what is read of every position to choose those attended to
     * @param limit positions attended to at most; 0: all
     * @param forgets whether positions beyond the limit are not kept
     * @param promptOps of one row for each position attended to, in prompts
     */
    record Look(double bytes, double indexBytes, int limit, boolean forgets, double promptOps) {
        double read(double position) {
            return (bytes - indexBytes) * attended(position) + indexBytes * position;
        }

        double attended(double position) {
            return limit == 0 ? position : Math.min(position, limit);
        }

        /** Bytes kept for a sequence of {@code length}. */
        double kept(double length) {
            return bytes * (forgets ? attended(length) : length);
        }
    }

    static Work of(Deployment deployment) {
        Layout layout = deployment.layout();
        Device device = layout.device();
        NumberFormats formats = deployment.formats();
        ModelShape model = deployment.model();
        int tensor = Math.max(1, layout.tensor());
        int copies = Math.max(1, layout.data());
        var sum = new Sum(model, formats, device, tensor, copies);
        double head = Counts.embedding(model);
        Way way = Way.between(device, tensor * copies);
        return new Work(
                sum.fixedBytes + head * formats.keptWide().bitsPerWeight() / 8 / tensor,
                sum.expertBytes,
                sum.looks,
                sum.stateBytes,
                sum.denseSeconds / (tensor * copies),
                sum.expertSeconds / (tensor * copies),
                2 * head / tensor / peak(device, formats.keptWide().arithmetic()),
                Math.max(1, sum.experts),
                sum.active,
                sum.expertLayers,
                model.layerCount(),
                model.hidden(),
                tensor * copies,
                copies,
                Math.max(1, layout.expert()),
                Math.max(1, layout.pipeline()),
                peak(device, Precision.BF16),
                device.memoryBandwidth().value(),
                way.bytesPerSecond(),
                way.hop(),
                device.memoryBytes().value());
    }

    /** Operations per second at {@code precision}, or at the next wider one that the device has. */
    private static double peak(Device device, Precision precision) {
        Precision[] wider = {precision, Precision.BF16, Precision.F32};
        for (Precision p : wider) {
            Figure figure = device.flops().get(p);
            if (figure != null && figure.value() > 0) {
                return figure.value();
            }
        }
        return device.flops().values().stream().mapToDouble(Figure::value).max().orElse(1e12);
    }

    /** Bytes of keys, values and states of a sequence of {@code length}, on one device. */
    double kept(double length) {
        return stateBytes + looks.stream().mapToDouble(l -> l.kept(length)).sum();
    }

    /** Bytes that a decode row at {@code position} reads of keys, values and states. */
    double read(double position) {
        double bytes = 2 * stateBytes;
        for (Look look : looks) {
            bytes += look.read(position);
        }
        return bytes;
    }

    /** Operations of attention of a prompt's row at {@code position}. */
    double promptAttention(double position) {
        double ops = 0;
        for (Look look : looks) {
            ops += look.promptOps() * look.attended(position);
        }
        return ops;
    }

    double weightBytes() {
        return (fixedBytes + expertBytes) / stages;
    }

    /** The way of messages between {@code devices}. */
    private record Way(double bytesPerSecond, double hop) {
        static Way between(Device device, int devices) {
            List<Link> links = device.links();
            Link link = links.stream()
                    .filter(l -> l.domain() >= devices)
                    .findFirst()
                    .orElse(null);
            if (link == null) {
                return links.isEmpty()
                        ? new Way(8e9, 10)
                        : new Way(links.getLast().bytesPerSecond().value(), 10);
            }
            return new Way(link.bytesPerSecond().value(), hop(link.kind()));
        }

        /** Messages through a host or a network start later; estimates. */
        private static double hop(Link.Kind kind) {
            return switch (kind) {
                case NVLINK, INFINITY_FABRIC, ICI -> 1;
                case PCIE_PEER, UPI -> 2;
                case PCIE_HOST, OTHER -> 4;
                case ETHERNET -> 8;
            };
        }
    }

    /** Sums over layers. */
    private static final class Sum {
        private final NumberFormats formats;
        private final Device device;
        private final int tensor;
        private final List<Look> looks = new ArrayList<>();
        private double fixedBytes;
        private double expertBytes;
        private double stateBytes;
        private double denseSeconds;
        private double expertSeconds;
        private int experts;
        private int active;
        private int expertLayers;

        Sum(ModelShape model, NumberFormats formats, Device device, int tensor, int copies) {
            this.formats = formats;
            this.device = device;
            this.tensor = tensor;
            for (LayerGroup group : model.layers()) {
                LayerParameters layer = Counts.layer(model, group);
                dense(group.count() * (double) layer.attention(), formats.weights());
                dense(group.count() * (double) layer.feedForward(), formats.feedForward());
                dense(group.count() * (double) (layer.router() + layer.vectors()), formats.keptWide());
                if (layer.routed() > 0) {
                    experts(group.count(), layer, tensor * copies);
                }
                look(group.count(), group.attention());
            }
        }

        private void dense(double parameters, WeightFormat format) {
            fixedBytes += parameters * format.bitsPerWeight() / 8 / tensor;
            denseSeconds += 2 * parameters / peak(device, format.arithmetic());
        }

        private void experts(int count, LayerParameters layer, int devices) {
            WeightFormat format = formats.expertWeights();
            double one = count * (double) layer.expert();
            expertBytes += one * layer.routed() * format.bitsPerWeight() / 8 / devices;
            expertSeconds += 2 * one * layer.active() / peak(device, format.arithmetic());
            experts = Math.max(experts, layer.routed());
            active = Math.max(active, layer.active());
            expertLayers += count;
        }

        private void look(int count, Attention attention) {
            double bytes = count * Counts.kvBytes(attention, formats.kvBytes());
            double promptOps = count * Counts.attentionFlops(attention, false) / tensor;
            switch (attention) {
                case Attention.Grouped g ->
                    looks.add(new Look(bytes / Math.min(tensor, g.kvHeads()), 0, g.window(), true, promptOps));
                case Attention.Latent l -> {
                    double rows = count * formats.kvBytes() * (l.kvRank() + l.ropeSize());
                    looks.add(new Look(bytes, bytes - rows, l.attended(), false, promptOps));
                }
                case Attention.Linear l -> stateBytes += count * (double) Counts.stateBytes(l) / tensor;
                case Attention.None n -> {
                    // nothing to look back at
                }
            }
        }
    }
}
