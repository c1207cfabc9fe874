package smelt.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import smelt.base.Failure;
import smelt.tokenizer.Vocabulary.Kind;
import tools.jackson.databind.JsonNode;

/** Builds a tokenizer from the tree of a tokenizer.json and what the files beside it say of begin and end tokens. */
final class TokenizerJson {
    /** Ids may have holes, but not many more than there are tokens. */
    private static final int MOST_HOLES = 100_000;

    private final JsonNode root;
    private final JsonNode model;
    private final Normalizer normalizer;
    private final String[] pieces;
    private final Kind[] kinds;
    /** The model's own pieces; an added token is not made by the model unless it is one of these too. */
    private final PieceTable modelTable;

    private final PieceTable table;

    /** @throws Failure MALFORMED where fields are missing or do not fit together */
    TokenizerJson(JsonNode root) {
        this.root = root;
        this.model = root.path("model");
        this.normalizer = JsonStages.normalizer(root.path("normalizer"));
        int size = size();
        this.pieces = new String[size];
        this.kinds = new Kind[size];
        Arrays.fill(pieces, "");
        Arrays.fill(kinds, Kind.NORMAL);
        this.modelTable = new PieceTable(pieces);
        this.table = new PieceTable(pieces);
        readVocabulary();
        for (JsonNode node : root.path("added_tokens")) {
            AddedToken token = addedToken(node);
            pieces[token.id()] = token.content();
            kinds[token.id()] = token.special() ? Kind.CONTROL : Kind.ADDED;
        }
        for (int id = 0; id < size; id++) {
            if (!pieces[id].isEmpty()) {
                table.add(id);
            }
        }
    }

    private int size() {
        int count = 0;
        int last = -1;
        JsonNode vocabulary = model.path("vocab");
        if (vocabulary.isArray()) {
            count = vocabulary.size();
            last = count - 1;
        } else {
            for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
                last = Math.max(last, id(entry.getValue(), entry.getKey()));
                count++;
            }
        }
        for (JsonNode token : root.path("added_tokens")) {
            last = Math.max(last, id(token.path("id"), "added_tokens"));
            count++;
        }
        if (count == 0 || last > 2L * count + MOST_HOLES) {
            throw JsonFields.malformed("the vocabulary has " + count + " tokens and ids up to " + last);
        }
        return last + 1;
    }

    private static int id(JsonNode value, String of) {
        int id = JsonFields.integer(value, "the id of '" + of + "'");
        if (id < 0) {
            throw JsonFields.malformed("the id of '" + of + "' is " + id);
        }
        return id;
    }

    private void readVocabulary() {
        JsonNode vocabulary = model.path("vocab");
        if (vocabulary.isArray()) {
            for (int id = 0; id < vocabulary.size(); id++) {
                JsonNode piece = vocabulary.path(id).path(0);
                if (!piece.isString()) {
                    throw JsonFields.malformed("vocabulary entry " + id + " is no pair of text and score");
                }
                addPiece(id, piece.stringValue());
            }
            return;
        }
        for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
            addPiece(id(entry.getValue(), entry.getKey()), entry.getKey());
        }
    }

    private void addPiece(int id, String piece) {
        if (!pieces[id].isEmpty()) {
            throw JsonFields.malformed("the tokens '" + pieces[id] + "' and '" + piece + "' have the same id " + id);
        }
        pieces[id] = piece;
        if (!modelTable.add(id)) {
            throw JsonFields.malformed("token " + id + " '" + piece + "' occurs a second time");
        }
    }

    Tokenizer build(TokenizerConfig config) {
        List<AddedToken> verbatim = new ArrayList<>();
        List<AddedToken> normalized = new ArrayList<>();
        for (JsonNode node : root.path("added_tokens")) {
            AddedToken token = addedToken(node);
            (token.normalized() ? normalized : verbatim).add(token);
        }
        JsonTemplate template = JsonTemplate.read(root.path("post_processor"));
        PipelineTokenizer.Stages stages = new PipelineTokenizer.Stages(
                new AddedTokens(verbatim),
                normalizer,
                new AddedTokens(normalized),
                JsonStages.preTokenizer(root.path("pre_tokenizer")),
                new JsonModel(model, pieces, modelTable).read(),
                inside(template.before()),
                inside(template.behind()),
                inside(template.between()));
        OptionalInt bos = idOf(config.bosToken());
        OptionalInt eos = idOf(config.eosToken());
        List<Integer> declared = new ArrayList<>(config.endIds());
        declared.removeIf(id -> id < 0 || id >= pieces.length);
        eos.ifPresent(declared::add);
        return new PipelineTokenizer(
                new Vocabulary(pieces, kinds, table, bos, eos, EndTokens.of(table, declared)),
                stages,
                JsonDecoder.read(root.path("decoder")));
    }

    /** The library keeps a normalised token as its normalised text. */
    private AddedToken addedToken(JsonNode node) {
        boolean special = JsonFields.flag(node, "special", false);
        boolean normalized = JsonFields.flag(node, "normalized", !special);
        String content = JsonFields.required(node, "content");
        return new AddedToken(
                JsonFields.integer(node, "id", -1),
                normalized ? normalizer.apply(content) : content,
                special,
                JsonFields.flag(node, "single_word", false),
                JsonFields.flag(node, "lstrip", false),
                JsonFields.flag(node, "rstrip", false),
                normalized);
    }

    private int[] inside(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= pieces.length) {
                throw JsonFields.malformed("the post-processor adds id " + id + " of a vocabulary of " + pieces.length);
            }
        }
        return ids;
    }

    private OptionalInt idOf(String piece) {
        int id = piece.isEmpty() ? PieceTable.NONE : table.idOf(piece);
        return id == PieceTable.NONE ? OptionalInt.empty() : OptionalInt.of(id);
    }
}
