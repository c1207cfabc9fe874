package smelt.tokenizer.jinja;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** C's strftime in the C locale. */
final class Strftime {
    private Strftime() {}

    static String format(ZonedDateTime time, String format) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i++);
            if (c != '%' || i == format.length()) {
                out.append(c);
                continue;
            }
            char flag = format.charAt(i);
            boolean flagged = (flag == '-' || flag == '_' || flag == '0' || flag == '^') && i + 1 < format.length();
            char conversion = format.charAt(flagged ? i + 1 : i);
            i += flagged ? 2 : 1;
            out.append(flagged ? flagged(field(time, conversion), flag) : field(time, conversion));
        }
        return out.toString();
    }

    private static String flagged(String field, char flag) {
        if (flag == '^') {
            return field.toUpperCase(Locale.ROOT);
        }
        int digits = 0;
        while (digits < field.length() - 1 && (field.charAt(digits) == '0' || field.charAt(digits) == ' ')) {
            digits++;
        }
        String pad = flag == '-' ? "" : flag == '_' ? " " : "0";
        return pad.repeat(digits) + field.substring(digits);
    }

    private static String field(ZonedDateTime time, char conversion) {
        return switch (conversion) {
            case 'a', 'A', 'b', 'B', 'h', 'p' -> name(time, conversion);
            case 'd' -> two(time.getDayOfMonth());
            case 'e' -> String.format("%2d", time.getDayOfMonth());
            case 'm' -> two(time.getMonthValue());
            case 'y' -> two(time.getYear() % 100);
            case 'Y' -> String.valueOf(time.getYear());
            case 'C' -> two(time.getYear() / 100);
            case 'H' -> two(time.getHour());
            case 'I' -> two(time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'k' -> String.format("%2d", time.getHour());
            case 'l' -> String.format("%2d", time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'M' -> two(time.getMinute());
            case 'S' -> two(time.getSecond());
            case 'f' -> String.format("%06d", time.getNano() / 1000);
            case 'j' -> String.format("%03d", time.getDayOfYear());
            case 's' -> String.valueOf(time.toEpochSecond());
            case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
            case 'w' -> String.valueOf(time.getDayOfWeek().getValue() % 7);
            case 'U' -> two((time.getDayOfYear() + 6 - time.getDayOfWeek().getValue() % 7) / 7);
            case 'W' -> two((time.getDayOfYear() + 7 - time.getDayOfWeek().getValue()) / 7);
            case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            // datetime.now() has no zone.
            case 'z', 'Z' -> "";
            default -> composed(time, conversion);
        };
    }

    private static String composed(ZonedDateTime time, char conversion) {
        return switch (conversion) {
            case 'D', 'x' -> format(time, "%m/%d/%y");
            case 'F' -> format(time, "%Y-%m-%d");
            case 'T', 'X' -> format(time, "%H:%M:%S");
            case 'R' -> format(time, "%H:%M");
            case 'r' -> format(time, "%I:%M:%S %p");
            case 'c' -> format(time, "%a %b %e %H:%M:%S %Y");
            default -> "%" + conversion;
        };
    }

    private static String name(ZonedDateTime time, char conversion) {
        String pattern = switch (conversion) {
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'B' -> "MMMM";
            case 'p' -> "a";
            default -> "MMM";
        };
        return DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
    }

    private static String two(int value) {
        return String.format("%02d", value);
    }
}
