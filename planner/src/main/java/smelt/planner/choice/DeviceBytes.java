package smelt.planner.choice;

import smelt.planner.model.ModelShape;
import smelt.planner.model.Placement;
import smelt.planner.time.Deployment;
import smelt.planner.time.Forecast;
import smelt.planner.time.Layout;
import smelt.planner.time.MemoryUse;

/** What the fullest device of a deployment holds, counted to the tensor. */
final class DeviceBytes {
    private final Placement share;
    private final int copies;

    private DeviceBytes(Placement share, int copies) {
        this.share = share;
        this.copies = copies;
    }

    static DeviceBytes of(Deployment deployment) {
        return of(deployment, deployment.model());
    }

    /** Of some layers of the deployment's model. */
    static DeviceBytes of(Deployment deployment, ModelShape part) {
        Layout layout = deployment.layout();
        int stages = Math.min(layout.pipeline(), part.layerCount());
        var split = new Placement.Split(layout.tensor(), stages, layout.expertTensor(), layout.expert());
        return new DeviceBytes(Placement.of(part, deployment.formats(), split), layout.data());
    }

    double weights() {
        return share.weightBytes();
    }

    /** Of keys, values and states of so many sequences. */
    double kept(int sequences, int tokens) {
        return Math.ceilDiv(sequences, copies) * (tokens * share.kvBytesPerToken() + share.stateBytes());
    }

    /** {@code forecast} with these weights: forecasts of time leave out what no step reads. */
    Forecast in(Forecast forecast, int concurrency, int tokens) {
        MemoryUse m = forecast.memory();
        double more = share.weightBytes() - m.weightBytes();
        long room = m.kvRoomTokens();
        if (share.kvBytesPerToken() > 0) {
            room = Math.max(0, (long) (room - more / share.kvBytesPerToken() * copies));
        }
        double one = (double) m.kvBytes() / Math.max(1, Math.ceilDiv(concurrency, copies));
        boolean fits = weights() + m.activationBytes() + one <= m.availableBytes();
        return new Forecast(
                forecast.ttftMillis(),
                forecast.tpotMillis(),
                forecast.tokensPerSecond(),
                new MemoryUse(
                        share.weightBytes(),
                        m.kvBytes(),
                        m.activationBytes(),
                        m.overheadBytes(),
                        m.availableBytes(),
                        room),
                forecast.fits() && fits,
                forecast.saturated() || room < (long) concurrency * tokens / 2,
                forecast.utilisation(),
                forecast.assumptions());
    }
}
