package smelt.server.ollama;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.LineSink;
import smelt.server.http.Problem;
import smelt.store.Catalogue;
import smelt.store.ModelStore;
import smelt.store.Nearest;
import smelt.store.Progress;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/pull}: downloads a model into the store; it is served from then on. */
final class Pull {
    static final Fields FIELDS = Fields.of(
            "/api/pull",
            List.of(
                    supported("model", Kind.STRING, "required: a known name, hf:owner/repo or hf.co/owner/repo"),
                    supported("name", Kind.STRING, "older name of model"),
                    supported("stream", Kind.BOOLEAN, "whether progress is told in lines; default true"),
                    ignored("insecure", Kind.BOOLEAN, "connections are always checked"),
                    ignored("username", Kind.STRING, "nothing is pulled from Ollama's registry"),
                    ignored("password", Kind.STRING, "nothing is pulled from Ollama's registry")));

    private static final List<String> HUBS = List.of("hf.co/", "huggingface.co/");

    private final Serving serving;
    private final Optional<ModelStore> store;

    Pull(Serving serving, Optional<ModelStore> store) {
        this.serving = serving;
        this.store = store;
    }

    void handle(Exchange exchange) {
        Body body = serving.read(FIELDS, exchange);
        String asked = Names.askedOrNamed(body);
        String source = source(asked);
        ModelStore into = store.orElseThrow(Pull::noStore);
        exchange.notes().put("model", asked);
        if (body.flag("stream", true)) {
            LineSink lines = exchange.lines();
            lines.line(status("pulling manifest"));
            pull(into, asked, source, new Told(exchange, lines::line));
            lines.line(status("success"));
            lines.close();
        } else {
            pull(into, asked, source, new Told(exchange, line -> {}));
            exchange.reply(200, status("success"));
        }
    }

    private void pull(ModelStore into, String asked, String source, Progress progress) {
        into.pull(source, progress);
        serving.models().add(Names.withoutLatest(asked), source);
    }

    static Problem noStore() {
        return Problem.missing("This server has no store of models");
    }

    /** Files of the server's machine and addresses of its network are none of a client's business. */
    private static String source(String asked) {
        String name = Names.withoutLatest(asked);
        for (String hub : HUBS) {
            if (name.startsWith(hub)) {
                return "hf:" + name.substring(hub.length());
            }
        }
        Catalogue known = Catalogue.builtIn();
        if (name.startsWith("hf:") || known.find(name).isPresent()) {
            return name;
        }
        List<String> near = Nearest.of(
                name, known.entries().stream().map(Catalogue.Entry::name).toList(), 1);
        throw Problem.of(
                404,
                "No model is known as " + (name.length() <= 100 ? name : name.substring(0, 100) + "...")
                        + (near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?")
                        + " (of Hugging Face write hf.co/owner/repository)",
                Problem.INVALID_REQUEST,
                "model_not_found");
    }

    private static ObjectNode status(String text) {
        return Json.object().put("status", text);
    }

    /** Tells a client how far it is, some times a second; ends the download when it is gone. */
    private static final class Told implements Progress {
        private static final long INTERVAL_NANOS = 100_000_000;

        private final Exchange exchange;
        private final Consumer<ObjectNode> lines;
        private String what = "";
        private OptionalLong total = OptionalLong.empty();
        private long done;
        private long last;

        Told(Exchange exchange, Consumer<ObjectNode> lines) {
            this.exchange = exchange;
            this.lines = lines;
        }

        @Override
        public void start(String name, long have, OptionalLong all) {
            what = name;
            total = all;
            done = have;
            tell();
        }

        @Override
        public void at(long have) {
            done = have;
            if (System.nanoTime() - last >= INTERVAL_NANOS) {
                tell();
            }
        }

        @Override
        public void finish() {
            if (!what.isEmpty()) {
                tell();
                what = "";
            }
        }

        @Override
        public void note(String line) {
            exchange.check();
            lines.accept(status(line));
        }

        private void tell() {
            exchange.check();
            last = System.nanoTime();
            ObjectNode line = status(what).put("digest", what);
            total.ifPresent(bytes -> line.put("total", bytes));
            lines.accept(line.put("completed", done));
        }
    }
}
