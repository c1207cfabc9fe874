package smelt.server.ollama;

import java.util.Optional;
import smelt.engine.LoadedModel;
import smelt.engine.hosting.ModelHost;
import smelt.server.fields.Body;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.models.ServedModels;

/** The model of a request, for as long as the request runs; then its {@code keep_alive} holds. */
final class Lease implements AutoCloseable {
    private final String asked;
    private final ServedModels.Served served;
    private final ModelHost host;
    private final KeepAlive keep;
    private final ServedModels.InUse use;
    private final long began;
    private final long loadNanos;

    private Lease(
            String asked,
            ServedModels.Served served,
            ModelHost host,
            KeepAlive keep,
            ServedModels.InUse use,
            long began) {
        this.asked = asked;
        this.served = served;
        this.host = host;
        this.keep = keep;
        this.use = use;
        this.began = began;
        loadNanos = System.nanoTime() - began;
    }

    /** Waits while the model is loaded. */
    static Lease take(Serving serving, Body body, Exchange exchange) throws InterruptedException {
        long began = System.nanoTime();
        KeepAlive keep = KeepAlive.of(body);
        String asked = Names.asked(body);
        ServedModels.Served served = Names.find(serving.models(), asked);
        exchange.notes().put("model", asked);
        ServedModels.InUse use = keep.pins() || keep.unloads()
                ? serving.models().use(Optional.of(served.name()))
                : serving.models().use(Optional.of(served.name()), keep.time());
        var lease = new Lease(asked, served, serving.models().host(), keep, use, began);
        try {
            if (keep.pins()) {
                lease.host.pin(served.source());
            }
            return lease;
        } catch (InterruptedException e) {
            lease.close();
            throw e;
        }
    }

    /** As it was asked for. */
    String asked() {
        return asked;
    }

    /** As it is served. */
    String name() {
        return served.name();
    }

    LoadedModel model() {
        return use.model();
    }

    KeepAlive keep() {
        return keep;
    }

    /** When the request began, by {@link System#nanoTime}. */
    long began() {
        return began;
    }

    /** How long it took to have the model. */
    long loadNanos() {
        return loadNanos;
    }

    @Override
    public void close() {
        use.close();
        if (keep.unloads()) {
            host.unload(served.source());
        }
    }
}
