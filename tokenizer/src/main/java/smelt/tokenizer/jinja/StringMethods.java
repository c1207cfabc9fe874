package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's str. */
final class StringMethods {
    private final String text;
    private final Budget budget;

    private StringMethods(String text, Budget budget) {
        this.text = text;
        this.budget = budget;
    }

    static @Nullable Callable find(String text, String name, Budget budget) {
        return new StringMethods(text, budget).method(name);
    }

    /** As for plain text, but plain arguments are escaped and text results are markup again. */
    static @Nullable Callable find(Markup markup, String name, Budget budget) {
        Callable plain = new StringMethods(markup.text(), budget).method(name);
        if (plain == null) {
            return null;
        }
        return arguments -> {
            List<Object> escaped = new ArrayList<>();
            for (Object argument : arguments.positional()) {
                escaped.add(argument instanceof String ? Markup.escapeUnlessMarkup(argument, budget) : argument);
            }
            return marked(plain.call(new Arguments(escaped, arguments.named())));
        };
    }

    private static Object marked(Object result) {
        return switch (result) {
            case String text -> new Markup(text);
            case Tuple tuple ->
                new Tuple(tuple.stream().map(StringMethods::marked).toList());
            case List<?> list -> {
                List<Object> parts = new ArrayList<>();
                list.forEach(part -> parts.add(marked(part)));
                yield parts;
            }
            default -> result;
        };
    }

    private @Nullable Callable method(String name) {
        Callable made = transformation(name);
        return made != null ? made : question(name);
    }

    private @Nullable Callable transformation(String name) {
        return switch (name) {
            case "upper" -> Members.method(0, 0, a -> made(Text.upper(text)));
            case "lower", "casefold" -> Members.method(0, 0, a -> made(Text.lower(text)));
            case "capitalize" -> Members.method(0, 0, a -> made(Text.capitalize(text)));
            case "title" -> Members.method(0, 0, a -> made(Text.title(text)));
            case "swapcase" -> Members.method(0, 0, a -> made(Text.swapCase(text)));
            case "strip" -> Members.method(0, 1, a -> made(strip(a, true, true)));
            case "lstrip" -> Members.method(0, 1, a -> made(strip(a, true, false)));
            case "rstrip" -> Members.method(0, 1, a -> made(strip(a, false, true)));
            case "removeprefix" -> Members.method(1, 1, a -> removePrefix(string(a, 0)));
            case "removesuffix" -> Members.method(1, 1, a -> removeSuffix(string(a, 0)));
            case "replace" -> Members.method(2, 3, a -> replace(string(a, 0), string(a, 1), integer(a, 2, -1)));
            case "join" -> Members.method(1, 1, a -> join(a.get(0)));
            case "split" -> a -> split(a, false);
            case "rsplit" -> a -> split(a, true);
            case "splitlines" ->
                a -> {
                    Arguments.Bound bound = a.bind("splitlines", "keepends");
                    return pieces(Text.lines(text, bound.truth("keepends", false)));
                };
            case "partition" -> Members.method(1, 1, a -> partition(string(a, 0), false));
            case "rpartition" -> Members.method(1, 1, a -> partition(string(a, 0), true));
            case "center" -> Members.method(1, 2, a -> pad(a, 0));
            case "ljust" -> Members.method(1, 2, a -> pad(a, -1));
            case "rjust" -> Members.method(1, 2, a -> pad(a, 1));
            case "zfill" -> Members.method(1, 1, a -> zeroFill(Values.index(a.get(0))));
            case "expandtabs" -> a -> expandTabs(a.bind("expandtabs", "tabsize").integer("tabsize", 8));
            case "format" -> a -> BraceFormat.format(text, a, budget);
            case "format_map" ->
                Members.method(1, 1, a -> {
                    if (a.get(0) instanceof Map<?, ?> map) {
                        return BraceFormat.format(text, new Arguments(List.of(), Evaluator.keywords(map)), budget);
                    }
                    throw Fault.of("format_map() needs a dict");
                });
            default -> null;
        };
    }

    private @Nullable Callable question(String name) {
        return switch (name) {
            case "startswith" -> Members.method(1, 3, a -> hasAffix(a, true));
            case "endswith" -> Members.method(1, 3, a -> hasAffix(a, false));
            case "find" -> Members.method(1, 3, a -> indexOf(a, false));
            case "rfind" -> Members.method(1, 3, a -> indexOf(a, true));
            case "index" -> Members.method(1, 3, a -> found(indexOf(a, false)));
            case "rindex" -> Members.method(1, 3, a -> found(indexOf(a, true)));
            case "count" -> Members.method(1, 3, a -> count(a));
            case "isspace" -> all(Text::isSpace);
            case "isalpha" -> all(Character::isLetter);
            case "isdigit" -> all(Character::isDigit);
            case "isdecimal" -> all(Character::isDigit);
            case "isnumeric" -> all(c -> Character.isDigit(c) || Character.getType(c) == Character.OTHER_NUMBER);
            case "isalnum" -> all(Character::isLetterOrDigit);
            case "isascii" -> Members.method(0, 0, a -> text.chars().allMatch(c -> c < 128));
            case "isprintable" -> Members.method(0, 0, a -> text.codePoints().allMatch(Repr::isPrintable));
            case "isidentifier" -> Members.method(0, 0, a -> isIdentifier());
            case "isupper" -> Members.method(0, 0, a -> Text.isAllCase(text, true));
            case "islower" -> Members.method(0, 0, a -> Text.isAllCase(text, false));
            case "istitle" -> Members.method(0, 0, a -> Text.isTitle(text));
            default -> null;
        };
    }

    private boolean isIdentifier() {
        return !text.isEmpty()
                && (text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
                && text.codePoints().allMatch(c -> c == '_' || Character.isUnicodeIdentifierPart(c));
    }

    private Callable all(IntPredicate condition) {
        return Members.method(0, 0, a -> {
            budget.steps(text.length() / 64);
            return !text.isEmpty() && text.codePoints().allMatch(condition);
        });
    }

    private String made(String result) {
        budget.allocate(result.length());
        return result;
    }

    private List<Object> pieces(List<Object> parts) {
        budget.allocate(text.length());
        budget.elements(parts.size());
        return parts;
    }

    private static String string(List<Object> arguments, int index) {
        return Values.string(arguments.get(index), "the argument");
    }

    private static long integer(List<Object> arguments, int index, long fallback) {
        return arguments.size() > index ? Values.index(arguments.get(index)) : fallback;
    }

    private String strip(List<Object> arguments, boolean left, boolean right) {
        if (arguments.isEmpty() || arguments.get(0) == None.NONE) {
            return Text.strip(text, "", left, right);
        }
        String chars = string(arguments, 0);
        budget.search(text.length(), chars.length());
        return chars.isEmpty() ? text : Text.strip(text, chars, left, right);
    }

    private String removePrefix(String prefix) {
        return text.startsWith(prefix) ? made(text.substring(prefix.length())) : text;
    }

    private String removeSuffix(String suffix) {
        return text.endsWith(suffix) ? made(text.substring(0, text.length() - suffix.length())) : text;
    }

    private String replace(String old, String replacement, long limit) {
        return replace(text, old, replacement, limit, budget);
    }

    /** Charges for the result before it is made. */
    static String replace(String text, String old, String replacement, long limit, Budget budget) {
        budget.search(text.length(), old.length());
        long count = replacement.length() > old.length() ? Text.count(text, old) : 0;
        budget.allocate(text.length() + count * (replacement.length() - old.length()));
        return Text.replace(text, old, replacement, limit);
    }

    private String join(Object items) {
        StringBuilder out = new StringBuilder();
        int index = 0;
        for (Iterator<Object> all = Values.iterate(items); all.hasNext(); index++) {
            String item = Values.string(all.next(), "sequence item " + index);
            budget.allocate((long) item.length() + text.length());
            out.append(index == 0 ? "" : text).append(item);
        }
        return out.toString();
    }

    private Object split(Arguments arguments, boolean fromRight) {
        Arguments.Bound bound = arguments.bind("split", "sep", "maxsplit");
        long limit = bound.integer("maxsplit", -1);
        Object separator = bound.get("sep", None.NONE);
        if (separator == None.NONE) {
            return pieces(fromRight ? Text.wordsFromRight(text, limit) : Text.words(text, limit));
        }
        String between = Values.string(separator, "the separator");
        if (between.isEmpty()) {
            throw Fault.of("empty separator");
        }
        budget.search(text.length(), between.length());
        budget.elements(Text.count(text, between));
        return pieces(fromRight ? Text.splitFromRight(text, between, limit) : Text.split(text, between, limit));
    }

    private Object partition(String separator, boolean fromRight) {
        if (separator.isEmpty()) {
            throw Fault.of("empty separator");
        }
        budget.allocate(text.length());
        budget.search(text.length(), separator.length());
        int at = fromRight ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return fromRight ? Tuple.of("", "", text) : Tuple.of(text, "", "");
        }
        return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    private String pad(List<Object> arguments, int alignment) {
        String fill = arguments.size() > 1 ? string(arguments, 1) : " ";
        if (Text.length(fill) != 1) {
            throw Fault.of("the fill character must be exactly one character long");
        }
        return pad(text, Values.index(arguments.get(0)), fill, alignment, budget);
    }

    /** Left-justified for -1, centred for 0, right-justified for 1. */
    static String pad(String text, long width, String fill, int alignment, Budget budget) {
        long missing = width - Text.length(text);
        if (missing <= 0) {
            return text;
        }
        budget.allocate(text.length() + missing * fill.length());
        // Of an odd number of blanks, the left side gets the larger half where the width is odd.
        long left = alignment < 0 ? 0 : alignment > 0 ? missing : missing / 2 + (missing & width & 1);
        return fill.repeat((int) left) + text + fill.repeat((int) (missing - left));
    }

    private String zeroFill(long width) {
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String digits = signed ? text.substring(1) : text;
        return (signed ? text.substring(0, 1) : "") + pad(digits, signed ? width - 1 : width, "0", 1, budget);
    }

    private String expandTabs(long size) {
        StringBuilder out = new StringBuilder();
        long column = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                long blanks = size > 0 ? size - column % size : 0;
                budget.allocate(blanks);
                out.append(" ".repeat((int) blanks));
                column += blanks;
            } else {
                out.append(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return made(out.toString());
    }

    private Object hasAffix(List<Object> arguments, boolean prefix) {
        String part = section(arguments);
        if (part == null) {
            return false;
        }
        if (arguments.get(0) instanceof Tuple affixes) {
            for (Object affix : affixes) {
                if (hasAffix(part, affix, prefix)) {
                    return true;
                }
            }
            return false;
        }
        return hasAffix(part, arguments.get(0), prefix);
    }

    private static boolean hasAffix(String part, Object affix, boolean prefix) {
        String value = Values.string(affix, "the first argument");
        return prefix ? part.startsWith(value) : part.endsWith(value);
    }

    /** The part between the optional second and third argument, or null where it starts behind the end. */
    private @Nullable String section(List<Object> arguments) {
        if (arguments.size() == 1) {
            return text;
        }
        int size = Text.length(text);
        long start = bound(arguments, 1, 0);
        long from = Members.bound(start, size);
        long to = Members.bound(bound(arguments, 2, size), size);
        if (from > to || start > size) {
            return null;
        }
        return made(text.substring(Text.offset(text, (int) from), Text.offset(text, (int) to)));
    }

    private static long bound(List<Object> arguments, int index, long fallback) {
        boolean given = arguments.size() > index && arguments.get(index) != None.NONE;
        return given ? Values.index(arguments.get(index)) : fallback;
    }

    private long indexOf(List<Object> arguments, boolean last) {
        String part = string(arguments, 0);
        String section = section(arguments);
        if (section == null) {
            return -1;
        }
        budget.search(section.length(), part.length());
        int at = last ? section.lastIndexOf(part) : section.indexOf(part);
        if (at < 0) {
            return -1;
        }
        int size = Text.length(text);
        return Members.bound(bound(arguments, 1, 0), size) + section.codePointCount(0, at);
    }

    private static Object found(long index) {
        if (index < 0) {
            throw Fault.of("substring not found");
        }
        return index;
    }

    private Object count(List<Object> arguments) {
        String part = string(arguments, 0);
        String section = section(arguments);
        if (section == null) {
            return 0L;
        }
        budget.search(section.length(), part.length());
        return (long) Text.count(section, part);
    }
}
