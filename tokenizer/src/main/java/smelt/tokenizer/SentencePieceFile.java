package smelt.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.tokenizer.Vocabulary.Kind;

/** Builds a tokenizer from a SentencePiece model file (the protobuf in tokenizer.model). */
final class SentencePieceFile {
    private static final int UNIGRAM = 1;
    private static final int BPE = 2;

    private final List<String> pieces = new ArrayList<>();
    private final IntList types = new IntList(1024);
    private float[] scores = new float[1024];

    private int modelType = UNIGRAM;
    private boolean byteFallback;
    private boolean asSuffix;
    private long unknown = 0;
    private long bos = 1;
    private long eos = 2;

    private CharsMap map = CharsMap.EMPTY;
    private boolean addPrefix = true;
    private boolean collapse = true;
    private boolean escape = true;

    /** @throws Failure MALFORMED where the bytes are no such file */
    SentencePieceFile(ByteBuffer file) {
        ProtobufReader in = new ProtobufReader(file);
        while (in.next()) {
            switch (in.field()) {
                case 1 -> readPiece(in.bytes());
                case 2 -> readTraining(in.bytes());
                case 3 -> readNormalization(in.bytes());
                default -> in.skip();
            }
        }
        if (pieces.isEmpty()) {
            throw malformed("has no pieces");
        }
    }

    private void readPiece(ByteBuffer message) {
        String piece = "";
        float score = 0;
        int type = 1;
        ProtobufReader in = new ProtobufReader(message);
        while (in.next()) {
            switch (in.field()) {
                case 1 -> piece = StandardCharsets.UTF_8.decode(in.bytes()).toString();
                case 2 -> score = in.real() + 0f;
                case 3 -> type = (int) in.integer();
                default -> in.skip();
            }
        }
        if (Float.isNaN(score)) {
            throw malformed("gives piece " + pieces.size() + " no score");
        }
        if (scores.length == pieces.size()) {
            scores = Arrays.copyOf(scores, scores.length * 2);
        }
        scores[pieces.size()] = score;
        pieces.add(piece);
        types.add(type);
    }

    private void readTraining(ByteBuffer message) {
        ProtobufReader in = new ProtobufReader(message);
        while (in.next()) {
            switch (in.field()) {
                case 3 -> modelType = (int) in.integer();
                case 24 -> asSuffix = in.integer() != 0;
                case 35 -> byteFallback = in.integer() != 0;
                case 40 -> unknown = in.integer();
                case 41 -> bos = in.integer();
                case 42 -> eos = in.integer();
                default -> in.skip();
            }
        }
    }

    private void readNormalization(ByteBuffer message) {
        ProtobufReader in = new ProtobufReader(message);
        while (in.next()) {
            switch (in.field()) {
                case 2 -> {
                    ByteBuffer blob = in.bytes();
                    byte[] bytes = new byte[blob.remaining()];
                    blob.get(bytes);
                    map = CharsMap.of(bytes);
                }
                case 3 -> addPrefix = in.integer() != 0;
                case 4 -> collapse = in.integer() != 0;
                case 5 -> escape = in.integer() != 0;
                default -> in.skip();
            }
        }
    }

    /** @param config tells whether begin and end tokens are added; by default BPE gets a begin, unigram an end token */
    Tokenizer build(TokenizerConfig config) {
        ScoredPieces scored =
                new ScoredPieces(pieces.toArray(String[]::new), kinds(), Arrays.copyOf(scores, pieces.size()));
        OptionalInt begin = inside(bos);
        OptionalInt end = inside(eos);
        List<AddedToken> control = new ArrayList<>();
        List<AddedToken> userDefined = new ArrayList<>();
        Trie verbatim = new Trie();
        for (int id = 0; id < pieces.size(); id++) {
            Kind kind = scored.kinds()[id];
            if (kind == Kind.CONTROL || kind == Kind.UNKNOWN) {
                control.add(AddedToken.plain(id, pieces.get(id), true));
            } else if (kind == Kind.ADDED) {
                userDefined.add(AddedToken.plain(id, pieces.get(id), false));
                verbatim.add(pieces.get(id), id);
            }
        }
        boolean merges = modelType == BPE;
        int[] behind = end.isPresent() && config.addEos().orElse(!merges) ? new int[] {end.getAsInt()} : new int[0];
        PipelineTokenizer.Stages stages = new PipelineTokenizer.Stages(
                new AddedTokens(control),
                new SentencePieceNormalizer(map, verbatim, addPrefix, asSuffix, collapse, escape),
                // The unigram model weighs user-defined pieces among the others.
                new AddedTokens(merges ? userDefined : List.of()),
                PreTokenizer.none(),
                model(scored),
                begin.isPresent() && config.addBos().orElse(merges) ? new int[] {begin.getAsInt()} : new int[0],
                behind,
                behind);
        return new PipelineTokenizer(
                scored.vocabulary(begin, end, config.endIds()),
                stages,
                DecoderSteps.sentencePiece(addPrefix && !asSuffix));
    }

    private Model model(ScoredPieces scored) {
        int unknownId = inside(unknown).orElse(-1);
        return switch (modelType) {
            case UNIGRAM -> scored.unigram(byteFallback, unknownId, true);
            case BPE -> scored.merges(byteFallback, unknownId);
            default -> throw Failure.of(FailureCode.UNSUPPORTED, "tokenizer.model is of type " + modelType);
        };
    }

    private Kind[] kinds() {
        Kind[] kinds = new Kind[pieces.size()];
        for (int id = 0; id < kinds.length; id++) {
            kinds[id] = Kind.numbered(types.get(id));
        }
        return kinds;
    }

    private OptionalInt inside(long id) {
        return id >= 0 && id < pieces.size() ? OptionalInt.of((int) id) : OptionalInt.empty();
    }

    private static Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, "tokenizer.model " + what);
    }
}
