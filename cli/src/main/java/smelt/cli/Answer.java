package smelt.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Engine;
import smelt.engine.Event;
import smelt.engine.EventStream;
import smelt.engine.FinishReason;
import smelt.engine.Handle;
import smelt.engine.Request;
import smelt.engine.Usage;

/** An answer that was printed as it came. */
record Answer(String text, List<Integer> ids, FinishReason reason, Usage usage) {
    Answer {
        ids = List.copyOf(ids);
    }

    /** @throws Failure whatever the engine failed with */
    static Answer printText(Engine engine, Request request, PrintWriter out) {
        return new Printing(engine, request, out, false).untilEnd();
    }

    /** Prints ids with commas between them. */
    static Answer printIds(Engine engine, Request request, PrintWriter out) {
        return new Printing(engine, request, out, true).untilEnd();
    }

    /** An answer under way, which another thread may cancel. */
    static final class Printing {
        private final EventStream events = new EventStream();
        private final StringBuilder printed = new StringBuilder();
        private final StringBuilder text = new StringBuilder();
        private final List<Integer> ids = new ArrayList<>();
        private final Handle handle;
        private final PrintWriter out;
        private final boolean asIds;

        Printing(Engine engine, Request request, PrintWriter out, boolean asIds) {
            this.out = out;
            this.asIds = asIds;
            handle = engine.submit(request, events);
        }

        void cancel() {
            handle.cancel();
        }

        Answer untilEnd() {
            while (true) {
                switch (next()) {
                    case Event.Token token -> print(token);
                    case Event.PromptToken scored -> {}
                    case Event.Failed failed -> {
                        if (!printed.isEmpty()) {
                            endLine();
                        }
                        throw failed.failure();
                    }
                    case Event.Finished finished -> {
                        endLine();
                        return new Answer(text.toString(), ids, finished.reason(), finished.usage());
                    }
                }
            }
        }

        private Event next() {
            try {
                return events.take();
            } catch (InterruptedException e) {
                handle.cancel();
                Thread.currentThread().interrupt();
                throw Failure.of(FailureCode.CANCELLED, "The answer was interrupted");
            }
        }

        private void print(Event.Token token) {
            String piece = asIds ? (ids.isEmpty() ? "" : ",") + token.id() : token.text();
            ids.add(token.id());
            text.append(token.text());
            printed.append(piece);
            out.print(piece);
            if (!piece.isEmpty() && out.checkError()) { // flushes too; an error is a reader that went away
                handle.cancel();
            }
        }

        private void endLine() {
            if (printed.isEmpty() || printed.charAt(printed.length() - 1) != '\n') {
                out.println();
            }
            out.flush();
        }
    }
}
