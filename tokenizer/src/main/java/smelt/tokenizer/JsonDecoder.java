package smelt.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import smelt.tokenizer.PreTokenizers.Prepend;
import tools.jackson.databind.JsonNode;

/**
 * Reads the decoder of tokenizer.json as what it does to one token. Fuse, which joins all, only matters for what Strip
 * then takes off: the beginning of the whole text instead of every token's.
 */
final class JsonDecoder {
    private interface Step {
        String apply(String piece, boolean first);
    }

    private static final String[][] CLEANUP = {
        {" .", "."},
        {" ?", "?"},
        {" !", "!"},
        {" ,", ","},
        {" ' ", "'"},
        {" n't", "n't"},
        {" 'm", "'m"},
        {" do not", " don't"},
        {" 's", "'s"},
        {" 've", "'ve"},
        {" 're", "'re"}
    };

    private final List<Step> steps = new ArrayList<>();
    private boolean byteLevel;
    private boolean byteFallback;
    private boolean fused;

    private JsonDecoder() {}

    static TokenDecoder read(JsonNode node) {
        JsonDecoder decoder = new JsonDecoder();
        if (node.isNull() || node.isMissingNode()) {
            decoder.steps.add((piece, first) -> first ? piece : " " + piece);
        } else {
            decoder.add(node, 0);
        }
        return decoder.byteLevel ? DecoderSteps.byteLevel() : new TokenDecoder(decoder::bytes, true);
    }

    private byte[] bytes(String piece, boolean first) {
        int b = byteFallback ? ByteFallback.byteOf(piece) : -1;
        if (b >= 0) {
            return new byte[] {(byte) b};
        }
        String text = piece;
        for (Step step : steps) {
            text = step.apply(text, first);
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void add(JsonNode node, int depth) {
        String type = JsonFields.type(node);
        switch (type) {
            case "Sequence" ->
                JsonStages.children(node, "decoders", depth, n -> {
                    add(n, depth + 1);
                    return n;
                });
            case "ByteLevel" -> byteLevel = true;
            case "ByteFallback" -> byteFallback = true;
            case "Fuse" -> fused = true;
            case "Replace" -> {
                Normalizer replace = Normalizers.replace(
                        Regex.compile(JsonFields.pattern(node)), JsonFields.required(node, "content"));
                steps.add((piece, first) -> replace.apply(piece));
            }
            case "Strip" -> addStrip(node);
            case "Metaspace" -> addMetaspace(node);
            case "WordPiece" -> addWordPiece(node);
            case "BPEDecoder" -> {
                String suffix = JsonFields.string(node, "suffix", "</w>");
                steps.add((piece, first) -> piece.replace(suffix, " "));
            }
            default -> throw JsonFields.unsupported("decoder '" + type + "' is unknown");
        }
    }

    private void addStrip(JsonNode node) {
        String content = JsonFields.required(node, "content");
        int start = JsonFields.integer(node, "start", 0);
        if (JsonFields.integer(node, "stop", 0) != 0 || content.isEmpty()) {
            throw JsonFields.unsupported("decoder Strip at the end of the text");
        }
        boolean wholeText = fused;
        steps.add((piece, first) -> {
            int taken = 0;
            while ((first || !wholeText) && taken < start && piece.startsWith(content, taken * content.length())) {
                taken++;
            }
            return piece.substring(taken * content.length());
        });
    }

    private void addMetaspace(JsonNode node) {
        String mark = Character.toString(JsonStages.mark(node));
        boolean stripFirst = JsonStages.prepend(node) != Prepend.NEVER;
        steps.add((piece, first) -> piece.replace(mark, first && stripFirst ? "" : " "));
    }

    private void addWordPiece(JsonNode node) {
        String prefix = JsonFields.string(node, "prefix", "##");
        boolean cleanup = JsonFields.flag(node, "cleanup", true);
        steps.add((piece, first) -> {
            String text = first ? piece : piece.startsWith(prefix) ? piece.substring(prefix.length()) : " " + piece;
            for (int i = 0; cleanup && i < CLEANUP.length; i++) {
                text = text.replace(CLEANUP[i][0], CLEANUP[i][1]);
            }
            return text;
        });
    }
}
