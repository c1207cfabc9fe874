package smelt.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Metadata;
import smelt.tokenizer.Vocabulary.Kind;

/** Builds a tokenizer from the {@code tokenizer.ggml.*} keys of a GGUF file. */
final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final String MARK = "\u2581";
    /** BERT's own limit; a longer word is unknown. */
    private static final int LONGEST_WORD = 100;

    private final Metadata metadata;
    private final String model;
    private final String[] pieces;
    private final Kind[] kinds;
    private final PieceTable table;

    GgufTokenizer(Metadata metadata) {
        this.metadata = metadata;
        this.model = metadata.string(PREFIX + "model").orElseThrow(() -> missing("model"));
        this.pieces = metadata.strings(PREFIX + "tokens")
                .orElseThrow(() -> missing("tokens"))
                .toArray(String[]::new);
        for (int id = 0; id < pieces.length; id++) {
            pieces[id] = pieces[id].isEmpty() ? "[EMPTY_" + id + "]" : pieces[id];
        }
        this.table = new PieceTable(pieces);
        for (int id = 0; id < pieces.length; id++) {
            if (!table.add(id)) {
                throw malformed("token " + id + " '" + pieces[id] + "' occurs a second time");
            }
        }
        this.kinds = kinds();
    }

    Tokenizer build() {
        return switch (model) {
            case "gpt2" -> byteLevel();
            case "gemma4" -> escapedMerges();
            case "llama" -> sentencePieceMerges();
            case "t5" -> unigram();
            case "bert" -> wordPiece();
            default ->
                throw Failure.of(FailureCode.UNSUPPORTED, "Tokenizer model '" + model + "' is unknown")
                        .withNextStep("known are gpt2, llama, t5, bert and gemma4");
        };
    }

    private Tokenizer byteLevel() {
        PreTokenizerNames.Rule rule =
                PreTokenizerNames.rule(metadata.string(PREFIX + "pre").orElse("default"));
        BytePairModel bytePairs = new BytePairModel(
                table, merges(), ByteFallback.NONE, new BytePairModel.Rules(-1, false, rule.wholeWords(), "", ""));
        OptionalInt bos = special("bos", 11);
        OptionalInt eos = special("eos", 11);
        int[] before = flag("add_bos_token", rule.addBos()) ? ids(bos, "bos") : new int[0];
        int[] behind = flag("add_eos_token", rule.addEos()) || flag("add_sep_token", rule.addEos())
                ? ids(eos, "eos")
                : new int[0];
        return tokenizer(
                stages(rule.normalizer(), PreTokenizer.sequence(rule.stages()), bytePairs, before, behind),
                vocabulary(bos, eos),
                DecoderSteps.byteLevel());
    }

    /** SentencePiece's spelling with BPE's ranked merges; lines are the only words. */
    private Tokenizer escapedMerges() {
        BytePairModel bytePairs = new BytePairModel(
                table, merges(), ByteFallback.of(table), new BytePairModel.Rules(unknown(3), false, false, "", ""));
        PreTokenizer lines = Splitting.isolate("[^\\n]+|\\n+");
        OptionalInt bos = special("bos", 2);
        int[] behind = flag("add_eos_token", false) ? ids(special("eos", 1), "eos") : new int[0];
        Normalizer escape = text -> text.replace(" ", MARK);
        return tokenizer(
                stages(escape, lines, bytePairs, ids(bos, "bos"), behind),
                vocabulary(bos, special("eos", 1)),
                DecoderSteps.sentencePiece(false));
    }

    private Tokenizer sentencePieceMerges() {
        boolean prefix = flag("add_space_prefix", true);
        SentencePieceMerges merges = new ScoredPieces(pieces, kinds, scores()).merges(true, unknown(0));
        OptionalInt bos = special("bos", 1);
        OptionalInt eos = special("eos", 2);
        int[] before = flag("add_bos_token", true) ? ids(bos, "bos") : new int[0];
        int[] behind = flag("add_eos_token", false) ? ids(eos, "eos") : new int[0];
        Normalizer escape = text -> ((prefix ? " " : "") + text).replace(" ", MARK);
        return tokenizer(
                stages(escape, PreTokenizer.none(), merges, before, behind),
                vocabulary(bos, eos),
                DecoderSteps.sentencePiece(prefix));
    }

    private Tokenizer unigram() {
        boolean prefix = flag("add_space_prefix", true);
        UnigramModel segments = new ScoredPieces(pieces, kinds, scores()).unigram(false, unknown(2), false);
        Normalizer normalizer = new SentencePieceNormalizer(
                charsMap(), new Trie(), prefix, false, flag("remove_extra_whitespaces", false), true);
        OptionalInt bos = special("bos", -1);
        OptionalInt eos = special("eos", 1);
        int[] before = flag("add_bos_token", false) ? ids(bos, "bos") : new int[0];
        int[] behind = flag("add_eos_token", true) ? ids(eos, "eos") : new int[0];
        return tokenizer(
                stages(normalizer, PreTokenizer.none(), segments, before, behind),
                vocabulary(bos, eos),
                DecoderSteps.sentencePiece(prefix));
    }

    private CharsMap charsMap() {
        List<Long> given = metadata.integers(PREFIX + "precompiled_charsmap").orElse(List.of());
        byte[] blob = new byte[given.size()];
        for (int i = 0; i < blob.length; i++) {
            blob[i] = given.get(i).byteValue();
        }
        return CharsMap.of(blob);
    }

    private Tokenizer wordPiece() {
        WordPieceModel words = new WordPieceModel(table, MARK, "", LONGEST_WORD, unknown(100));
        boolean lowercase = flag("normalizer.lowercase", true);
        Normalizer normalizer = new BertNormalizer(true, true, flag("normalizer.strip_accents", lowercase), lowercase);
        OptionalInt begin = special("cls", special("bos", 101).orElse(-1));
        OptionalInt separator = special("seperator", 102);
        return tokenizer(
                stages(
                        normalizer,
                        PreTokenizers.bert(),
                        words,
                        flag("add_bos_token", true) ? ids(begin, "cls") : new int[0],
                        flag("add_sep_token", true) ? ids(separator, "sep") : new int[0]),
                vocabulary(begin, special("eos", -1)),
                DecoderSteps.markedWords());
    }

    private MergeRanks merges() {
        List<String> merges = metadata.strings(PREFIX + "merges").orElseThrow(() -> missing("merges"));
        MergeRanks ranks = new MergeRanks(table, merges.size(), "", true);
        merges.forEach(ranks::add);
        return ranks;
    }

    private float[] scores() {
        List<Number> given = metadata.reals(PREFIX + "scores").orElseThrow(() -> missing("scores"));
        if (given.size() < pieces.length) {
            throw malformed("there are " + given.size() + " scores for " + pieces.length + " tokens");
        }
        float[] scores = new float[pieces.length];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = given.get(id).floatValue() + 0f;
            if (Float.isNaN(scores[id])) {
                throw malformed("the score of token " + id + " is no number");
            }
        }
        return scores;
    }

    private Kind[] kinds() {
        List<Long> types = metadata.integers(PREFIX + "token_type").orElse(List.of());
        if (!types.isEmpty() && types.size() < pieces.length) {
            throw malformed("there are " + types.size() + " token types for " + pieces.length + " tokens");
        }
        // Some files give end tokens a plain type.
        Set<Integer> ends = EndTokens.of(table, List.of());
        Kind[] kinds = new Kind[pieces.length];
        for (int id = 0; id < kinds.length; id++) {
            Kind given = types.isEmpty() ? Kind.NORMAL : Kind.numbered(types.get(id));
            kinds[id] = ends.contains(id) ? Kind.CONTROL : given;
        }
        return kinds;
    }

    private PipelineTokenizer tokenizer(PipelineTokenizer.Stages stages, Vocabulary vocabulary, TokenDecoder decoder) {
        return new PipelineTokenizer(vocabulary, stages, decoder);
    }

    private PipelineTokenizer.Stages stages(
            Normalizer normalizer, PreTokenizer preTokenizer, Model tokenModel, int[] before, int[] behind) {
        AddedTokens none = new AddedTokens(List.of());
        return new PipelineTokenizer.Stages(
                addedTokens(), normalizer, none, preTokenizer, tokenModel, before, behind, between(behind));
    }

    /** A separator more than behind one text, but BERT's texts end with separators already. */
    private int[] between(int[] behind) {
        OptionalInt separator = model.equals("bert") ? OptionalInt.empty() : special("seperator", -1);
        return IntStream.concat(IntStream.of(behind), separator.stream()).toArray();
    }

    private AddedTokens addedTokens() {
        boolean phi3 = isPhi3();
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < pieces.length; id++) {
            boolean special = kinds[id] == Kind.CONTROL || kinds[id] == Kind.UNKNOWN;
            if (special || kinds[id] == Kind.ADDED) {
                boolean strip = phi3 && !Set.of("<unk>", "<s>", "<|endoftext|>").contains(pieces[id]);
                added.add(new AddedToken(id, pieces[id], special, false, false, strip, false));
            }
        }
        return new AddedTokens(added);
    }

    /** GGUF has no place for the stripping that Phi-3's own tokenizer does behind its control tokens. */
    private boolean isPhi3() {
        String name = metadata.string("general.name").orElse("").toLowerCase(Locale.ROOT);
        return name.contains("phi-3") || name.contains("phi3");
    }

    private Vocabulary vocabulary(OptionalInt bos, OptionalInt eos) {
        List<Integer> declared = new ArrayList<>();
        for (OptionalInt id : List.of(eos, special("eot", -1), special("eom", -1))) {
            id.ifPresent(declared::add);
        }
        return new Vocabulary(pieces, kinds, table, bos, eos, EndTokens.of(table, declared));
    }

    /** The id under {@code tokenizer.ggml.NAME_token_id}; one outside the vocabulary does not count. */
    private OptionalInt special(String name, int byDefault) {
        OptionalLong given = metadata.integer(PREFIX + name + "_token_id");
        long id = given.isPresent() && inside(given.getAsLong()) ? given.getAsLong() : byDefault;
        return inside(id) ? OptionalInt.of((int) id) : OptionalInt.empty();
    }

    private boolean inside(long id) {
        return id >= 0 && id < pieces.length;
    }

    private int unknown(int byDefault) {
        return special("unknown", byDefault).orElse(-1);
    }

    private boolean flag(String name, boolean byDefault) {
        return metadata.bool(PREFIX + name).orElse(byDefault);
    }

    private static int[] ids(OptionalInt id, String name) {
        return new int[] {id.orElseThrow(() -> malformed("the file adds a " + name + " token but names none"))};
    }

    private static Failure missing(String key) {
        return malformed("key '" + PREFIX + key + "' is missing");
    }

    private static Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, "Tokenizer metadata: " + what);
    }
}
