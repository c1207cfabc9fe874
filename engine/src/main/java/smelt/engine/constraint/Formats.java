package smelt.engine.constraint;

import java.util.Map;
import java.util.Set;

/** Formats of strings as patterns; each takes no more than all readings of the format have in common. */
final class Formats {
    private static final String YEAR = "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})";
    private static final String FOURTHS = "(?:0[48]|[2468][048]|[13579][26])";
    private static final String LEAP_YEAR = "(?:[0-9]{2}" + FOURTHS + "|" + FOURTHS + "00)";
    private static final String DATE = "(?:" + YEAR + "-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|" + LEAP_YEAR + "-02-29)";
    private static final String HOURS = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
    /** Java knows no zones further than 18 hours away. */
    private static final String TIME = HOURS + ":[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-7]):[0-5][0-9])";

    private static final String LABEL = "[a-zA-Z0-9]{1,24}(?:-[a-zA-Z0-9]{1,12}){0,2}";
    private static final String HOST = "(?:" + LABEL + "\\.){1,4}[a-zA-Z]{2,12}";
    private static final String LOCAL = "[a-zA-Z0-9_+-]{1,20}(?:\\.[a-zA-Z0-9_+-]{1,20}){0,2}";
    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String TIMES = "T(?:N H(?:N M(?:N S)?)?|N M(?:N S)?|N S)";

    private static final String URI = "uri";
    /** Characters before a path, at most. */
    private static final int ORIGIN = 233;
    /** Letters of a bounded path, query and fragment together. */
    private static final int MOST_LETTERS = 600;

    private static final Map<String, String> PATTERNS = Map.ofEntries(
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("date-time", DATE + "T" + TIME),
            Map.entry("duration", duration()),
            Map.entry("uuid", "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
            Map.entry("email", LOCAL + "@" + HOST),
            Map.entry("hostname", HOST),
            Map.entry("ipv4", BYTE + "(?:\\." + BYTE + "){3}"),
            Map.entry("ipv6", ipv6()),
            Map.entry(URI, uri("*", "*", "*")));

    /** What drafts define and is not there; all other names are notes for people. */
    private static final Set<String> MISSING = Set.of(
            "idn-email",
            "idn-hostname",
            "iri",
            "iri-reference",
            "uri-reference",
            "uri-template",
            "json-pointer",
            "relative-json-pointer",
            "regex");

    private Formats() {}

    /** Whether it says which texts there are. */
    static boolean isMeant(String format) {
        return PATTERNS.containsKey(format) || MISSING.contains(format);
    }

    static boolean isKnown(String format) {
        return PATTERNS.containsKey(format);
    }

    /** @param most characters that a text may have; where they are many, no text of the pattern has more */
    static Expr of(String format, int most) {
        boolean bounded = format.equals(URI) && most < Integer.MAX_VALUE && most > 2 * ORIGIN;
        return RegexParser.whole(bounded ? uri(most - ORIGIN) : PATTERNS.getOrDefault(format, "[]"));
    }

    /** @param most characters of path, query and fragment, each letter of which may take three */
    private static String uri(int most) {
        int letters = Math.min(MOST_LETTERS, (most - 3) / 3);
        return uri("{0," + letters / 2 + "}", "{0," + letters / 3 + "}", "{0," + letters / 6 + "}");
    }

    /** Path, query and fragment have so many letters each. */
    private static String uri(String path, String query, String fragment) {
        String letter = "(?:[a-zA-Z0-9._~$-]|%[0-9A-F]{2})";
        return "(?:https?|ftp)://" + HOST + "(?::[1-9][0-9]{0,3})?"
                + "(?:/" + letter.replace('$', '/') + path + ")?"
                + "(?:\\?" + letter.replace("$", "=&") + query + ")?"
                + "(?:#" + letter.replace("$", "") + fragment + ")?";
    }

    private static String duration() {
        String times = "(?:" + TIMES + ")";
        String days = "(?:N Y(?:N M(?:N D)?)?|N M(?:N D)?|N D)";
        return ("P(?:" + days + times + "?|" + times + "|N W)").replace("N ", "[0-9]{1,4}");
    }

    private static String ipv6() {
        String group = "[0-9a-fA-F]{1,4}";
        var pattern =
                new StringBuilder("(?:" + group + ":){7}" + group + "|::(?:" + group + "(?::" + group + "){0,6})?");
        for (int before = 1; before <= 7; before++) {
            pattern.append("|(?:").append(group).append(":){").append(before).append("}");
            pattern.append(before == 7 ? ":" : "(?::" + group + "){1," + (7 - before) + "}");
            pattern.append(before == 7 ? "" : "|(?:" + group + ":){" + before + "}:");
        }
        return pattern.toString();
    }
}
