package smelt.tokenizer;

import tools.jackson.databind.JsonNode;

/** Reads the model of tokenizer.json. */
final class JsonModel {
    private final JsonNode model;
    private final String[] pieces;
    private final PieceTable table;

    JsonModel(JsonNode model, String[] pieces, PieceTable table) {
        this.model = model;
        this.pieces = pieces;
        this.table = table;
    }

    Model read() {
        String type = JsonFields.string(model, "type", inferred());
        return switch (type) {
            case "BPE" -> bytePairs();
            case "Unigram" -> unigram();
            case "WordPiece" -> wordPiece();
            default -> throw JsonFields.unsupported("model '" + type + "' is unknown");
        };
    }

    /** Old files do not name the type. */
    private String inferred() {
        return model.has("merges") ? "BPE" : model.path("vocab").isArray() ? "Unigram" : "WordPiece";
    }

    private Model bytePairs() {
        String prefix = JsonFields.string(model, "continuing_subword_prefix", "");
        String unknown = JsonFields.string(model, "unk_token", "");
        BytePairModel.Rules rules = new BytePairModel.Rules(
                unknown.isEmpty() ? -1 : token(unknown),
                JsonFields.flag(model, "fuse_unk", false),
                JsonFields.flag(model, "ignore_merges", false),
                JsonFields.string(model, "end_of_word_suffix", ""),
                prefix);
        MergeRanks ranks = new MergeRanks(table, model.path("merges").size(), prefix, false);
        for (JsonNode merge : model.path("merges")) {
            if (merge.isString()) {
                ranks.add(merge.stringValue());
            } else if (merge.size() == 2
                    && merge.path(0).isString()
                    && merge.path(1).isString()) {
                ranks.add(merge.path(0).stringValue(), merge.path(1).stringValue());
            } else {
                throw JsonFields.malformed("a merge is no pair of tokens");
            }
        }
        return new BytePairModel(table, ranks, fallback(), rules);
    }

    private ByteFallback fallback() {
        return JsonFields.flag(model, "byte_fallback", false) ? ByteFallback.of(table) : ByteFallback.NONE;
    }

    private Model unigram() {
        JsonNode vocabulary = model.path("vocab");
        Trie trie = new Trie();
        double[] scores = new double[pieces.length];
        double worst = Double.POSITIVE_INFINITY;
        for (int id = 0; id < vocabulary.size(); id++) {
            JsonNode score = vocabulary.path(id).path(1);
            if (!score.isNumber() || Double.isNaN(score.doubleValue())) {
                throw JsonFields.malformed("vocabulary entry " + id + " has no score");
            }
            scores[id] = score.doubleValue();
            worst = Math.min(worst, scores[id]);
            trie.add(vocabulary.path(id).path(0).stringValue(), id);
        }
        int unknown = JsonFields.integer(model, "unk_id", -1);
        if (unknown < 0 || unknown >= vocabulary.size()) {
            throw JsonFields.malformed("unk_id " + unknown + " is outside the vocabulary of " + vocabulary.size());
        }
        return new UnigramModel(trie, scores, worst, fallback(), unknown, false);
    }

    private Model wordPiece() {
        return new WordPieceModel(
                table,
                "",
                JsonFields.string(model, "continuing_subword_prefix", "##"),
                JsonFields.integer(model, "max_input_chars_per_word", 100),
                token(JsonFields.string(model, "unk_token", "[UNK]")));
    }

    private int token(String piece) {
        int id = table.idOf(piece);
        if (id == PieceTable.NONE) {
            throw JsonFields.malformed("the token '" + piece + "' is not in the vocabulary");
        }
        return id;
    }
}
