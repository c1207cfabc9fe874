package smelt.planner.measurement;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A file of results with what the user says of it: {@code FILE}, {@code FILE@2xH100}, {@code FILE@2xH100:fp8}, and
 * behind these {@code :model=}, {@code :engine=} and {@code :input=} where the file does not tell them.
 *
 * @param devices that share the model by tensor parallelism
 * @param weights the name of a number format; empty where it is not said
 */
record MeasuredRun(Path file, int devices, String weights, Given given) {
    private static final Pattern DEVICES = Pattern.compile("(?:(\\d{1,4})\\s*[xX*]\\s*)?(.*)");
    private static final String FORM = "write FILE@NxDEVICE:WEIGHTS, as in result.json@2xH100:fp8, and behind it"
            + " :model=NAME, :engine=NAME or :input=TOKENS where the file does not say";

    static MeasuredRun parse(String text) {
        int at = Files.exists(path(text)) ? -1 : text.lastIndexOf('@');
        if (at < 0) {
            return new MeasuredRun(path(text), 1, "", Given.NOTHING);
        }
        String[] parts = text.substring(at + 1).split(":", -1);
        Matcher where = DEVICES.matcher(parts[0].strip());
        if (!where.matches()) {
            throw malformed(text);
        }
        int devices = where.group(1) == null ? 1 : Integer.parseInt(where.group(1));
        if (devices == 0) {
            throw malformed(text);
        }
        String weights = "";
        Given given = new Given("", where.group(2), "", "", 0);
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 0 && i > 1) {
                throw malformed(text);
            }
            weights = equals < 0 ? parts[i].strip() : weights;
            given = equals < 0 ? given : with(given, parts[i].substring(0, equals), parts[i].substring(equals + 1));
        }
        return new MeasuredRun(path(text.substring(0, at)), devices, weights, given);
    }

    private static Given with(Given given, String name, String value) {
        return switch (name) {
            case "model" -> new Given(value, given.device(), given.engine(), "", given.input());
            case "engine" -> new Given(given.model(), given.device(), value, "", given.input());
            case "input" -> new Given(given.model(), given.device(), given.engine(), "", tokens(value));
            default -> throw malformed(name + "=" + value);
        };
    }

    private static int tokens(String value) {
        if (!value.matches("[1-9]\\d{0,7}")) {
            throw malformed("input=" + value);
        }
        return Integer.parseInt(value);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw malformed(text);
        }
    }

    private static Failure malformed(String text) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, "'" + text + "' does not say what was measured where")
                .withNextStep(FORM);
    }

    /** The same failure, with how to say what was missing. */
    Failure failed(Failure cause) {
        Failure failure = cause.what().contains(name()) ? cause : cause.in(name());
        return cause.code() == FailureCode.NOT_FOUND && !Files.exists(file) ? failure : failure.withNextStep(FORM);
    }

    String name() {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }
}
