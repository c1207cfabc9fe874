package smelt.tokenizer.jinja;

/** {@code "{} {name!r:>8}".format(...)}. */
final class BraceFormat {
    private static final int MAX_NESTING = 2;

    private final Arguments arguments;
    private final Budget budget;
    private int automatic;
    private boolean numbered;

    private BraceFormat(Arguments arguments, Budget budget) {
        this.arguments = arguments;
        this.budget = budget;
    }

    static String format(String format, Arguments arguments, Budget budget) {
        return new BraceFormat(arguments, budget).expand(format, MAX_NESTING);
    }

    private String expand(String format, int nesting) {
        if (nesting == 0) {
            throw Fault.of("max string recursion exceeded");
        }
        budget.allocate(format.length());
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i);
            boolean doubled = i + 1 < format.length() && format.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                out.append(c);
                i += 2;
            } else if (c == '{') {
                int close = closing(format, i);
                String field = field(format.substring(i + 1, close), nesting);
                budget.allocate(field.length());
                out.append(field);
                i = close + 1;
            } else if (c == '}') {
                throw Fault.of("single '}' encountered in format string");
            } else {
                out.append(c);
                i++;
            }
        }
        return out.toString();
    }

    private static int closing(String format, int open) {
        int depth = 0;
        for (int i = open; i < format.length(); i++) {
            if (format.charAt(i) == '{') {
                depth++;
            } else if (format.charAt(i) == '}' && --depth == 0) {
                return i;
            }
        }
        throw Fault.of("expected '}' before end of string");
    }

    private String field(String field, int nesting) {
        int nameEnd = 0;
        boolean inIndex = false;
        while (nameEnd < field.length()) {
            char c = field.charAt(nameEnd);
            if (!inIndex && (c == ':' || c == '!')) {
                break;
            }
            inIndex = c == '[' || (inIndex && c != ']');
            nameEnd++;
        }
        Object value = value(field.substring(0, nameEnd));
        String rest = field.substring(nameEnd);
        if (rest.startsWith("!")) {
            if (rest.length() < 2 || (rest.length() > 2 && rest.charAt(2) != ':')) {
                throw Fault.of("expected ':' after conversion specifier");
            }
            value = convert(value, rest.charAt(1));
            rest = rest.substring(2);
        }
        String spec = rest.isEmpty() ? "" : expand(rest.substring(1), nesting - 1);
        return FormatSpec.format(value, spec, budget);
    }

    private Object convert(Object value, char conversion) {
        return switch (conversion) {
            case 's' -> Repr.text(value, budget);
            case 'r' -> Repr.of(value, budget);
            default -> throw Fault.of("unknown conversion specifier '" + conversion + "'");
        };
    }

    private Object value(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        Object value = first(path.substring(0, end));
        while (end < path.length()) {
            if (path.charAt(end) == '.') {
                int from = end + 1;
                end = from;
                while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
                    end++;
                }
                value = Members.attribute(value, path.substring(from, end), budget);
            } else {
                int close = path.indexOf(']', end);
                if (path.charAt(end) != '[' || close < 0) {
                    throw Fault.of("malformed field name in format string");
                }
                value = Members.item(value, key(path.substring(end + 1, close)), budget);
                end = close + 1;
            }
        }
        return value;
    }

    private static Object key(String text) {
        return isNumber(text) ? (Object) Long.valueOf(text) : text;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private Object first(String name) {
        if (name.isEmpty() || isNumber(name)) {
            boolean isAutomatic = name.isEmpty();
            if (isAutomatic ? numbered : automatic > 0) {
                throw Fault.of("cannot mix automatic and manual field numbering");
            }
            numbered |= !isAutomatic;
            int index = isAutomatic ? automatic++ : Integer.parseInt(name);
            if (index >= arguments.positional().size()) {
                throw Fault.of("replacement index " + index + " out of range for positional arguments");
            }
            return arguments.positional().get(index);
        }
        Object value = arguments.named().get(name);
        if (value == null) {
            throw Fault.of("format() has no argument '" + name + "'");
        }
        return value;
    }
}
