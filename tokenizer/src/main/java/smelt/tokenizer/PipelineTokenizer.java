package smelt.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A tokenizer as its stages: added tokens are cut out, what lies between is normalised, cut by the pre-tokenizer and
 * encoded by the model; begin and end tokens come last.
 */
final class PipelineTokenizer implements Tokenizer {
    private static final byte[] NO_BYTES = {};

    /**
     * The stages from text to ids.
     *
     * @param verbatim added tokens looked for in the text as given
     * @param normalized added tokens looked for in the normalised text
     * @param between two texts of a pair
     */
    record Stages(
            AddedTokens verbatim,
            Normalizer normalizer,
            AddedTokens normalized,
            PreTokenizer preTokenizer,
            Model model,
            int[] before,
            int[] behind,
            int[] between) {}

    private final Vocabulary vocabulary;
    private final Stages stages;
    private final TokenDecoder decoder;

    PipelineTokenizer(Vocabulary vocabulary, Stages stages, TokenDecoder decoder) {
        this.vocabulary = vocabulary;
        this.stages = stages;
        this.decoder = decoder;
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
        Encoding encoding = new Encoding(text.length() / 3 + 8);
        if (addSpecial) {
            encoding.ids.addAll(stages.before);
        }
        add(text, parseSpecial, encoding);
        if (addSpecial) {
            encoding.ids.addAll(stages.behind);
        }
        return encoding.ids.toArray();
    }

    @Override
    public int[] encodePair(String first, String second) {
        Encoding encoding = new Encoding((first.length() + second.length()) / 3 + 8);
        encoding.ids.addAll(stages.before);
        add(first, false, encoding);
        encoding.ids.addAll(stages.between);
        add(second, false, encoding);
        encoding.ids.addAll(stages.behind);
        return encoding.ids.toArray();
    }

    private void add(String text, boolean parseSpecial, Encoding encoding) {
        int[] points = CodePoints.of(text);
        stages.verbatim.split(points, 0, points.length, parseSpecial, new Segments(encoding, parseSpecial));
    }

    private final class Segments implements AddedTokens.Parts {
        private final Encoding encoding;
        private final boolean parseSpecial;
        private final Words words;

        Segments(Encoding encoding, boolean parseSpecial) {
            this.encoding = encoding;
            this.parseSpecial = parseSpecial;
            this.words = new Words(encoding);
        }

        @Override
        public void text(int[] text, int start, int end) {
            int[] normalized = CodePoints.of(stages.normalizer.apply(CodePoints.string(text, start, end)));
            words.atStart = start == 0;
            stages.normalized.split(normalized, 0, normalized.length, parseSpecial, words);
        }

        @Override
        public void token(int id) {
            encoding.ids.add(id);
        }
    }

    private final class Words implements AddedTokens.Parts {
        private final Encoding encoding;
        private boolean atStart;

        Words(Encoding encoding) {
            this.encoding = encoding;
        }

        @Override
        public void text(int[] text, int start, int end) {
            stages.preTokenizer.split(
                    text,
                    start,
                    end,
                    atStart && start == 0,
                    (t, s, e, first) -> stages.model.encode(t, s, e, encoding));
        }

        @Override
        public void token(int id) {
            encoding.ids.add(id);
        }
    }

    @Override
    public byte[] bytes(int id, boolean renderSpecial) {
        return shown(id, renderSpecial) ? bytesWithin(id, false) : NO_BYTES;
    }

    private boolean shown(int id, boolean renderSpecial) {
        return renderSpecial || !isControl(id);
    }

    private byte[] bytesWithin(int id, boolean first) {
        String piece = piece(id);
        boolean verbatim = !decoder.addedToo()
                && switch (vocabulary.kind(id)) {
                    case CONTROL, UNKNOWN, ADDED -> true;
                    case NORMAL, BYTE, UNUSED -> false;
                };
        return verbatim
                ? piece.getBytes(StandardCharsets.UTF_8)
                : decoder.bytes().of(piece, first);
    }

    @Override
    public String piece(int id) {
        if (id < 0 || id >= vocabulary.size()) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "Token id " + id + " is outside the vocabulary of " + vocabulary.size());
        }
        return vocabulary.piece(id);
    }

    @Override
    public OptionalInt idOf(String piece) {
        return vocabulary.idOf(piece);
    }

    @Override
    public boolean isControl(int id) {
        piece(id);
        return switch (vocabulary.kind(id)) {
            case CONTROL, UNKNOWN -> true;
            case NORMAL, ADDED, UNUSED, BYTE -> false;
        };
    }

    @Override
    public Set<Integer> endIds() {
        return vocabulary.ends();
    }

    @Override
    public OptionalInt bos() {
        return vocabulary.bos();
    }

    @Override
    public OptionalInt eos() {
        return vocabulary.eos();
    }

    @Override
    public String decode(int[] ids, boolean renderSpecial) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(ids.length * 4);
        boolean first = true;
        for (int id : ids) {
            if (shown(id, renderSpecial)) {
                out.writeBytes(bytesWithin(id, first));
                first = false;
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public StreamingDecoder decoder(boolean renderSpecial) {
        return new StreamingDecoder(id -> shown(id, renderSpecial), this::bytesWithin);
    }
}
