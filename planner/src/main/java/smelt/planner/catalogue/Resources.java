package smelt.planner.catalogue;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The data files that come with the planner. */
public final class Resources {
    private Resources() {}

    public static InputStream open(String name) {
        return Objects.requireNonNull(
                Resources.class.getResourceAsStream("/smelt/planner/" + name), () -> "no resource " + name);
    }

    /** A file of UTF-8. */
    public static BufferedReader text(String name) {
        return new BufferedReader(new InputStreamReader(open(name), StandardCharsets.UTF_8));
    }
}
