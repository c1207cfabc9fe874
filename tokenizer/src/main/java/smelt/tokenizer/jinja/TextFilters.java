package smelt.tokenizer.jinja;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters on text. */
final class TextFilters {
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD_START = Pattern.compile("[-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern TAG = Pattern.compile("<[^>]*>");
    private static final Pattern ATTRIBUTE_BREAKER = Pattern.compile("[\\s/>=]");
    private static final String UNRESERVED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~";

    private TextFilters() {}

    static Filters.@Nullable Filter find(String name) {
        return switch (name) {
            case "upper", "lower", "capitalize" -> (input, arguments, evaluator) -> method(input, name, evaluator);
            case "trim" -> TextFilters::trim;
            case "title" -> TextFilters::title;
            case "string" ->
                (input, arguments, evaluator) -> input instanceof Markup ? input : Repr.text(input, evaluator.budget());
            case "safe" -> (input, arguments, evaluator) -> new Markup(Repr.text(input, evaluator.budget()));
            case "e", "escape" ->
                (input, arguments, evaluator) -> new Markup(Markup.escapeUnlessMarkup(input, evaluator.budget()));
            case "forceescape" ->
                (input, arguments, evaluator) ->
                        new Markup(Markup.escapeUnlessMarkup(Repr.text(input, evaluator.budget()), evaluator.budget()));
            case "replace" -> TextFilters::replace;
            case "indent" -> TextFilters::indent;
            case "format" -> TextFilters::format;
            case "center" ->
                (input, arguments, evaluator) -> {
                    long width = arguments.bind(name, "width").integer("width", 80);
                    return StringMethods.pad(Repr.text(input, evaluator.budget()), width, " ", 0, evaluator.budget());
                };
            case "truncate" -> TextFilters::truncate;
            case "wordcount" ->
                (input, arguments, evaluator) -> WORD.matcher(Repr.text(input, evaluator.budget()))
                        .results()
                        .count();
            case "wordwrap" -> (input, arguments, evaluator) -> WordWrap.wrap(input, arguments, evaluator.budget());
            case "urlencode" -> TextFilters::urlEncode;
            case "xmlattr" -> TextFilters::xmlAttributes;
            case "striptags" -> TextFilters::stripTags;
            case "filesizeformat" -> TextFilters::fileSize;
            default -> null;
        };
    }

    /** A string method of the input's text; markup stays markup. */
    private static Object method(Object input, String name, Evaluator evaluator) {
        Object text = input instanceof Markup ? input : Repr.text(input, evaluator.budget());
        return Members.attribute(text, name, evaluator.budget()) instanceof Callable method
                ? method.call(Arguments.NONE)
                : text;
    }

    private static Object trim(Object input, Arguments arguments, Evaluator evaluator) {
        Object chars = arguments.bind("trim", "chars").get("chars", None.NONE);
        Object text = input instanceof Markup ? input : Repr.text(input, evaluator.budget());
        Callable strip = (Callable) Members.attribute(text, "strip", evaluator.budget());
        return strip.call(new Arguments(List.of(chars), Map.of()));
    }

    private static Object title(Object input, Arguments arguments, Evaluator evaluator) {
        String text = Repr.text(input, evaluator.budget());
        evaluator.budget().allocate(text.length());
        StringBuilder out = new StringBuilder();
        Matcher breaks = WORD_START.matcher(text);
        int from = 0;
        while (breaks.find()) {
            out.append(capital(text.substring(from, breaks.start()))).append(breaks.group());
            from = breaks.end();
        }
        return out.append(capital(text.substring(from))).toString();
    }

    private static String capital(String word) {
        if (word.isEmpty()) {
            return word;
        }
        int first = Character.charCount(word.codePointAt(0));
        return Text.upper(word.substring(0, first)) + Text.lower(word.substring(first));
    }

    private static Object replace(Object input, Arguments arguments, Evaluator evaluator) {
        Budget budget = evaluator.budget();
        Arguments.Bound bound = arguments.bind("replace", "old", "new", "count");
        String old = Repr.text(bound.required("old"), budget);
        String replacement = Repr.text(bound.required("new"), budget);
        Object count = bound.get("count", None.NONE);
        long limit = count == None.NONE ? -1 : Values.index(count);
        return StringMethods.replace(Repr.text(input, budget), old, replacement, limit, budget);
    }

    private static Object indent(Object input, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("indent", "width", "first", "blank");
        Object width = bound.get("width", 4L);
        Budget budget = evaluator.budget();
        String indention = Values.isString(width)
                ? Values.string(width, "width")
                : StringMethods.pad("", Values.index(width), " ", -1, budget);
        String text = Values.string(input, "the text to indent");
        List<Object> lines = Text.lines(text + "\n", false);
        budget.allocate(text.length() + (long) lines.size() * (indention.length() + 1));
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            boolean indented = i == 0 ? bound.truth("first", false) : bound.truth("blank", false) || !line.isEmpty();
            out.append(i == 0 ? "" : "\n").append(indented ? indention : "").append(line);
        }
        return input instanceof Markup ? new Markup(out.toString()) : out.toString();
    }

    private static Object format(Object input, Arguments arguments, Evaluator evaluator) {
        Object format = input instanceof Markup ? input : Repr.text(input, evaluator.budget());
        if (arguments.named().isEmpty()) {
            return PercentFormat.format(format, new Tuple(arguments.positional()), evaluator.budget());
        }
        if (!arguments.positional().isEmpty()) {
            throw Fault.of("can't handle positional and keyword arguments at the same time");
        }
        return PercentFormat.format(format, arguments.named(), evaluator.budget());
    }

    private static Object truncate(Object input, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("truncate", "length", "killwords", "end", "leeway");
        long length = bound.integer("length", 255);
        String end = bound.text("end", "...");
        Object slack = bound.get("leeway", None.NONE);
        long leeway = slack == None.NONE ? 5 : Values.index(slack);
        if (length < Text.length(end) || leeway < 0) {
            throw Fault.of("truncate() needs a length of at least " + Text.length(end) + " and a leeway of at least 0");
        }
        if (Values.length(input) <= length + leeway) {
            return input;
        }
        String text = Values.string(input, "the text to truncate");
        evaluator.budget().allocate(text.length());
        String kept = text.substring(0, Text.offset(text, (int) length - Text.length(end)));
        int blank = kept.lastIndexOf(' ');
        return (bound.truth("killwords", false) || blank < 0 ? kept : kept.substring(0, blank)) + end;
    }

    private static Object urlEncode(Object input, Arguments arguments, Evaluator evaluator) {
        Budget budget = evaluator.budget();
        if (Values.isString(input) || !Values.isIterable(input)) {
            return quote(input, false, budget);
        }
        Object pairs = input instanceof Map<?, ?> map ? View.items(map) : input;
        List<String> parts = new ArrayList<>();
        for (Iterator<Object> all = Values.iterate(pairs); all.hasNext(); ) {
            List<Object> pair = Values.list(all.next(), budget);
            if (pair.size() != 2) {
                throw Fault.of("urlencode needs pairs, got an element of length " + pair.size());
            }
            parts.add(quote(pair.get(0), true, budget) + "=" + quote(pair.get(1), true, budget));
        }
        return String.join("&", parts);
    }

    private static String quote(Object value, boolean inQuery, Budget budget) {
        String text = Repr.text(value, budget);
        budget.allocate(9L * text.length());
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (UNRESERVED.indexOf(c) >= 0 || (c == '/' && !inQuery)) {
                out.append(c);
            } else if (c == ' ' && inQuery) {
                out.append('+');
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            }
        }
        return out.toString();
    }

    private static Object xmlAttributes(Object input, Arguments arguments, Evaluator evaluator) {
        if (!(input instanceof Map<?, ?> map)) {
            throw Fault.of("xmlattr needs a dict, not " + Values.typeName(input));
        }
        StringBuilder out = new StringBuilder();
        map.forEach((key, value) -> {
            if (value == None.NONE || value instanceof Undefined) {
                return;
            }
            String name = Values.string(key, "an attribute name");
            if (ATTRIBUTE_BREAKER.matcher(name).find()) {
                throw Fault.of("Invalid character in attribute name: '" + name + "'");
            }
            String text = Markup.escapeUnlessMarkup(value, evaluator.budget());
            out.append(out.isEmpty() ? "" : " ")
                    .append(Markup.escape(name))
                    .append("=\"")
                    .append(text)
                    .append('"');
        });
        boolean spaced = arguments.bind("xmlattr", "autospace").truth("autospace", true) && !out.isEmpty();
        return spaced ? " " + out : out.toString();
    }

    private static Object stripTags(Object input, Arguments arguments, Evaluator evaluator) {
        String text = Repr.text(input, evaluator.budget());
        evaluator.budget().allocate(text.length());
        String bare = TAG.matcher(text).replaceAll("");
        StringBuilder out = new StringBuilder();
        for (Object word : Text.words(bare, -1)) {
            out.append(out.isEmpty() ? "" : " ").append(word);
        }
        return out.toString()
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#34;", "\"")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    private static Object fileSize(Object input, Arguments arguments, Evaluator evaluator) {
        boolean binary = arguments.bind("filesizeformat", "binary").truth("binary", false);
        if (!(Conversions.real(input, None.NONE) instanceof Double bytes)) {
            throw Fault.of("filesizeformat needs a number, not " + Values.typeName(input));
        }
        int base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return (long) (double) bytes + " Bytes";
        }
        String units = "kMGTPEZY";
        int unit = 0;
        double scaled = bytes / base;
        while (scaled >= base && unit < units.length() - 1) {
            scaled /= base;
            unit++;
        }
        String prefix = String.valueOf(units.charAt(unit));
        return NumberFormat.magnitude(scaled, 'f', 1, false) + " "
                + (binary ? prefix.toUpperCase(Locale.ROOT) + "iB" : prefix + "B");
    }
}
