package smelt.formats;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Names of keys and tensors as they come from files nobody vouches for. */
public final class Names {
    private static final int SHOWN = 80;

    private Names() {}

    /**
     * The text of {@code utf8}.
     *
     * @throws Failure MALFORMED where it is empty, no UTF-8, or has control characters
     */
    public static String of(byte[] utf8) {
        String name = new String(utf8, StandardCharsets.UTF_8);
        if (!Arrays.equals(name.getBytes(StandardCharsets.UTF_8), utf8)) {
            throw Failure.of(FailureCode.MALFORMED, "The name " + quoted(name) + " is not valid UTF-8");
        }
        return check(name);
    }

    /** As {@link #of}, for a name that is text already. */
    public static String check(String name) {
        if (name.isEmpty()) {
            throw Failure.of(FailureCode.MALFORMED, "A name is empty");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw Failure.of(FailureCode.MALFORMED, "The name " + quoted(name) + " has control characters");
        }
        return name;
    }

    /** For messages: in quotes, cut short, control characters made visible. */
    public static String quoted(String name) {
        StringBuilder shown = new StringBuilder("'");
        for (int i = 0; i < Math.min(name.length(), SHOWN); i++) {
            char c = name.charAt(i);
            shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? String.format("\\u%04x", (int) c) : c);
        }
        return shown.append(name.length() > SHOWN ? "...'" : "'").toString();
    }
}
