package smelt.tokenizer;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import smelt.tokenizer.PreTokenizers.Prepend;
import smelt.tokenizer.Splitting.Behavior;
import tools.jackson.databind.JsonNode;

/** Reads normalizers and pre-tokenizers of tokenizer.json. */
final class JsonStages {
    private static final int MOST_DEPTH = 16;

    private JsonStages() {}

    static Normalizer normalizer(JsonNode node) {
        return normalizer(node, 0);
    }

    private static Normalizer normalizer(JsonNode node, int depth) {
        if (node.isNull() || node.isMissingNode()) {
            return Normalizer.none();
        }
        String type = JsonFields.type(node);
        return switch (type) {
            case "Sequence" -> Normalizer.sequence(children(node, "normalizers", depth, n -> normalizer(n, depth + 1)));
            case "NFC", "NFD", "NFKC", "NFKD" -> Normalizers.unicode(java.text.Normalizer.Form.valueOf(type));
            case "Lowercase" -> Normalizers::lowercase;
            case "StripAccents" -> Normalizers::withoutMarks;
            case "Strip" ->
                Normalizers.strip(
                        JsonFields.flag(node, "strip_left", true), JsonFields.flag(node, "strip_right", true));
            case "Prepend" -> Normalizers.prepend(JsonFields.required(node, "prepend"));
            case "Replace" ->
                Normalizers.replace(Regex.compile(JsonFields.pattern(node)), JsonFields.required(node, "content"));
            case "ByteLevel" -> Normalizers::byteLevel;
            case "BertNormalizer" -> bert(node);
            case "Precompiled" -> precompiled(node);
            default -> throw JsonFields.unsupported("normalizer '" + type + "' is unknown");
        };
    }

    private static Normalizer precompiled(JsonNode node) {
        try {
            byte[] blob = Base64.getDecoder().decode(JsonFields.required(node, "precompiled_charsmap"));
            return new PrecompiledNormalizer(CharsMap.of(blob));
        } catch (IllegalArgumentException e) {
            throw JsonFields.malformed("precompiled_charsmap is not in base 64").withCause(e);
        }
    }

    private static Normalizer bert(JsonNode node) {
        boolean lowercase = JsonFields.flag(node, "lowercase", true);
        return new BertNormalizer(
                JsonFields.flag(node, "clean_text", true),
                JsonFields.flag(node, "handle_chinese_chars", true),
                JsonFields.flag(node, "strip_accents", lowercase),
                lowercase);
    }

    static PreTokenizer preTokenizer(JsonNode node) {
        return preTokenizer(node, 0);
    }

    private static PreTokenizer preTokenizer(JsonNode node, int depth) {
        if (node.isNull() || node.isMissingNode()) {
            return PreTokenizer.none();
        }
        String type = JsonFields.type(node);
        return switch (type) {
            case "Sequence" ->
                PreTokenizer.sequence(children(node, "pretokenizers", depth, n -> preTokenizer(n, depth + 1)));
            case "ByteLevel" ->
                PreTokenizers.byteLevel(
                        JsonFields.flag(node, "add_prefix_space", true), JsonFields.flag(node, "use_regex", true));
            case "Split" ->
                new Splitting(
                        JsonFields.pattern(node), behavior(node, "Isolated"), JsonFields.flag(node, "invert", false));
            case "Whitespace" -> PreTokenizers.whitespace();
            case "WhitespaceSplit" -> PreTokenizers.whitespaceSplit();
            case "Digits" -> PreTokenizers.digits(JsonFields.flag(node, "individual_digits", false));
            case "Punctuation" -> PreTokenizers.punctuation(behavior(node, "Isolated"));
            case "BertPreTokenizer" -> PreTokenizers.bert();
            case "Metaspace" ->
                PreTokenizers.metaspace(mark(node), prepend(node), JsonFields.flag(node, "split", true));
            case "CharDelimiterSplit" ->
                new Splitting(Splitting.literal(JsonFields.required(node, "delimiter")), Behavior.REMOVED, false);
            default -> throw JsonFields.unsupported("pre-tokenizer '" + type + "' is unknown");
        };
    }

    private static Behavior behavior(JsonNode node, String byDefault) {
        return Behavior.named(JsonFields.string(node, "behavior", byDefault));
    }

    static int mark(JsonNode node) {
        String mark = JsonFields.string(node, "replacement", "\u2581");
        if (mark.codePointCount(0, mark.length()) != 1) {
            throw JsonFields.malformed("the replacement of Metaspace must be one character");
        }
        return mark.codePointAt(0);
    }

    static Prepend prepend(JsonNode node) {
        boolean prefix = JsonFields.flag(node, "add_prefix_space", true);
        String scheme = JsonFields.string(node, "prepend_scheme", prefix ? "always" : "never");
        return switch (scheme) {
            case "always" -> Prepend.ALWAYS;
            case "first" -> Prepend.FIRST;
            case "never" -> Prepend.NEVER;
            default -> throw JsonFields.unsupported("prepend_scheme '" + scheme + "' is unknown");
        };
    }

    static <T> List<T> children(JsonNode node, String name, int depth, Function<JsonNode, T> read) {
        if (depth >= MOST_DEPTH || !node.path(name).isArray()) {
            throw JsonFields.malformed("a Sequence needs a list of " + name + ", nested at most " + MOST_DEPTH);
        }
        List<T> all = new ArrayList<>();
        for (JsonNode child : node.path(name)) {
            all.add(read.apply(child));
        }
        return all;
    }
}
