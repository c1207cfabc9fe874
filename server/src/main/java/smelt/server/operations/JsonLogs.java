package smelt.server.operations;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import smelt.server.http.Json;
import tools.jackson.databind.node.ObjectNode;

/** Log records as one line of JSON each. */
public final class JsonLogs extends Formatter {
    /** Kept, or its level would be forgotten. */
    private static final Logger ACCESS = Logger.getLogger(AccessLog.NAME);

    /** From now on all logs of this process, and one line for each request, go to standard error as JSON. */
    public static void install() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        var console = new ConsoleHandler();
        console.setFormatter(new JsonLogs());
        console.setLevel(Level.ALL);
        root.addHandler(console);
        ACCESS.setLevel(Level.FINE);
    }

    @Override
    public String format(LogRecord entry) {
        String message = formatMessage(entry);
        if (AccessLog.NAME.equals(entry.getLoggerName())) {
            return message + "\n"; // is JSON
        }
        ObjectNode line = Json.object()
                .put("time", entry.getInstant().truncatedTo(ChronoUnit.MILLIS).toString())
                .put("level", entry.getLevel().getName())
                .put("logger", entry.getLoggerName())
                .put("message", message);
        if (entry.getThrown() != null) {
            var trace = new StringWriter();
            entry.getThrown().printStackTrace(new PrintWriter(trace));
            line.put("exception", trace.toString());
        }
        return new String(Json.bytes(line), StandardCharsets.UTF_8) + "\n";
    }
}
