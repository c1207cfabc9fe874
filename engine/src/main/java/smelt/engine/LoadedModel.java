package smelt.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.constraint.Constraint;
import smelt.engine.constraint.Constraints;
import smelt.engine.constraint.Grammar;
import smelt.graph.ModelGraph.Pooling;
import smelt.tokenizer.Tokenizer;

/**
 * A model that is ready to answer.
 *
 * @param tokenizer empty for a model that knows ids only
 * @param chatFormat empty for a model that only continues text
 * @param endIds tokens that end an answer
 * @param constraints compiles grammars for the tokenizer, and keeps those that were used last; empty without one
 */
public record LoadedModel(
        ModelInfo info,
        ModelService service,
        Optional<Tokenizer> tokenizer,
        Optional<ChatFormat> chatFormat,
        Set<Integer> endIds,
        Optional<Constraints> constraints)
        implements AutoCloseable {
    private static final String CONTENT = "content";
    /** Tells where a message ends in what a template makes of it; Unicode has set this apart for such use. */
    private static final String END_OF_LAST = "\uFDD0";

    public LoadedModel {
        endIds = Set.copyOf(endIds);
    }

    public LoadedModel(
            ModelInfo info,
            ModelService service,
            Optional<Tokenizer> tokenizer,
            Optional<ChatFormat> chatFormat,
            Set<Integer> endIds) {
        this(info, service, tokenizer, chatFormat, endIds, tokenizer.map(Constraints::of));
    }

    /** As the user knows it. */
    public String name() {
        return info.name();
    }

    /** The same model, called something else in what is told of it: a path on this disk is nothing for strangers. */
    public LoadedModel named(String name) {
        return new LoadedModel(info.named(name), service, tokenizer, chatFormat, endIds, constraints);
    }

    /** @throws Failure UNSUPPORTED where the model makes vectors */
    public Engine engine() {
        return switch (service) {
            case Engine engine -> engine;
            case Embedder embedder -> throw cannotWrite(name(), info.pooling());
        };
    }

    /** @throws Failure UNSUPPORTED where the model writes, or scores */
    public Embedder embedder() {
        if (service instanceof Embedder embedder && info.pooling() != Pooling.RANK) {
            return embedder;
        }
        throw cannotEmbed(name(), info.pooling());
    }

    /**
     * How well each document answers a query, by a model that reads both together; the scores are the model's own
     * logits, of any size and sign, and compare documents for one query. A document's score is the same to the bit
     * whatever else is scored beside it.
     *
     * @param truncated whether a document that is too long loses its end
     * @return a score for each document, in order
     * @throws Failure UNSUPPORTED where the model is no reranker; LIMIT_EXCEEDED where a text is too long
     */
    public List<Float> rerank(String query, List<String> documents, boolean truncated) throws InterruptedException {
        List<int[]> pairs = documents.stream()
                .map(document -> rerankInput(query, document, truncated))
                .toList();
        return reranker().embed(pairs, false).stream().map(row -> row[0]).toList();
    }

    /**
     * Scores what was made by {@link #rerankInput}, as vectors of one number.
     *
     * @throws Failure UNSUPPORTED where the model is no reranker
     */
    public Embedder reranker() {
        if (service instanceof Embedder embedder && info.pooling() == Pooling.RANK) {
            return embedder;
        }
        throw cannotRerank(name());
    }

    /** @param pooling of the model */
    public static Failure cannotWrite(String name, Pooling pooling) {
        return pooling == Pooling.RANK
                ? Failure.of(FailureCode.UNSUPPORTED, name + " scores documents, it cannot write text")
                        .withNextStep("smelt rerank scores documents by how well they answer a query")
                : Failure.of(FailureCode.UNSUPPORTED, name + " makes embeddings, it cannot write text")
                        .withNextStep("smelt embed makes vectors of texts");
    }

    /** @param pooling of the model */
    public static Failure cannotEmbed(String name, Pooling pooling) {
        if (pooling == Pooling.RANK) {
            return Failure.of(FailureCode.UNSUPPORTED, name + " scores documents, it makes no embeddings")
                    .withNextStep("smelt rerank scores documents by how well they answer a query");
        }
        return Failure.of(
                        FailureCode.UNSUPPORTED,
                        name + " writes text, and its file names no pooling that would make one vector of its rows")
                .withNextStep("take an embedding model, or load this one with a pooling: mean or last");
    }

    /** The cosine of two embeddings, which know nothing of each other, is not what a reranker is asked for. */
    public static Failure cannotRerank(String name) {
        return Failure.of(FailureCode.UNSUPPORTED, name + " has no cross-encoder head that could score documents")
                .withNextStep("compare embeddings by their cosine, knowing that this is no reranking");
    }

    /** The ids of a chat, up to where the answer begins. */
    public int[] chatPrompt(List<Map<String, Object>> messages) {
        return chatPrompt(messages, ChatOptions.DEFAULT);
    }

    /** The ids of {@link #chatText}. */
    public int[] chatPrompt(List<Map<String, Object>> messages, ChatOptions options) {
        return withBegin(requireTokenizer().encode(chatText(messages, options), false, true));
    }

    /**
     * A chat as the model reads it.
     *
     * @throws Failure UNSUPPORTED where the model has no chat format; TEMPLATE_REFUSED where the format does not take
     *     these messages
     */
    public String chatText(List<Map<String, Object>> messages, ChatOptions options) {
        ChatFormat format =
                chatFormat.orElseThrow(() -> Failure.of(FailureCode.UNSUPPORTED, name() + " has no chat template")
                        .withNextStep("let it continue text instead"));
        return options.continuesLast() ? upToLast(format, messages, options) : format.render(messages, options);
    }

    /** Templates put after a message what ends it, which may hold the message's own text too. */
    private static String upToLast(ChatFormat format, List<Map<String, Object>> messages, ChatOptions options) {
        Map<String, Object> last = new LinkedHashMap<>(messages.getLast());
        last.put(CONTENT, Objects.toString(last.get(CONTENT), "") + END_OF_LAST);
        List<Map<String, Object>> marked = new ArrayList<>(messages.subList(0, messages.size() - 1));
        marked.add(last);
        String text = format.render(marked, options);
        int end = text.lastIndexOf(END_OF_LAST);
        if (end < 0) {
            throw Failure.of(FailureCode.TEMPLATE_REFUSED, "The chat template does not show the last message as it is");
        }
        return text.substring(0, end);
    }

    /**
     * The ids of a text that is to be continued or scored, with the begin token where the model's own rule adds one.
     */
    public int[] rawPrompt(String text) {
        return requireTokenizer().encode(text, true, true);
    }

    /**
     * The ids of a text that is to become a vector, with the model's special tokens; control tokens in it are text.
     *
     * @param truncated whether one that is too long loses its last tokens, but not the special ones behind them
     */
    public int[] embeddingInput(String text, boolean truncated) {
        int[] ids = requireTokenizer().encode(text, true, false);
        int limit = service.contextLength();
        return truncated && ids.length > limit ? cut(ids, requireTokenizer().encode("", true, false), limit) : ids;
    }

    /**
     * The ids of a query and a document that are to be scored together.
     *
     * @param truncated whether a document that is too long loses its last tokens, but not the special ones behind them
     */
    public int[] rerankInput(String query, String document, boolean truncated) {
        int[] ids = requireTokenizer().encodePair(query, document);
        int limit = service.contextLength();
        boolean queryFits = ids.length <= limit || requireTokenizer().encodePair(query, "").length <= limit;
        return truncated && queryFits && ids.length > limit
                ? cut(ids, requireTokenizer().encode("", true, false), limit)
                : ids;
    }

    /** The first of {@code ids}, and those behind them that {@code specials}, the ids of no text, end with too. */
    static int[] cut(int[] ids, int[] specials, int limit) {
        int tail = 0;
        while (tail < Math.min(specials.length, limit)
                && ids[ids.length - 1 - tail] == specials[specials.length - 1 - tail]) {
            tail++;
        }
        int[] shorter = Arrays.copyOf(ids, limit);
        System.arraycopy(ids, ids.length - tail, shorter, limit - tail, tail);
        return shorter;
    }

    /** @throws Failure UNSUPPORTED for a model that knows ids only */
    public Tokenizer requireTokenizer() {
        return tokenizer.orElseThrow(
                () -> Failure.of(FailureCode.UNSUPPORTED, name() + " has no tokenizer and cannot read text")
                        .withNextStep("smelt run, score and embed take token ids: --tokens 1,2,3"));
    }

    /**
     * What a request's text must look like ({@link Request#withConstraint}). Compiles on the caller's thread, in a
     * bounded time, and keeps the last ones for who asks again.
     *
     * @throws Failure UNSUPPORTED for a model that knows ids only, and for what no constraint understands, with its
     *     place and its word; INVALID_ARGUMENT where the grammar is none, or no text fits it; LIMIT_EXCEEDED where it
     *     is too large
     */
    public Constraint constraint(Grammar grammar) {
        requireTokenizer();
        return constraints.orElseThrow().compile(grammar);
    }

    /** Many templates leave the begin token to the tokenizer; one that writes it itself must not get a second. */
    private int[] withBegin(int[] ids) {
        int[] begin = requireTokenizer().encode("", true, false);
        boolean adds = begin.length > 0
                && requireTokenizer().bos().isPresent()
                && begin[0] == requireTokenizer().bos().getAsInt();
        if (!adds || (ids.length > 0 && ids[0] == begin[0])) {
            return ids;
        }
        int[] longer = new int[ids.length + 1];
        longer[0] = begin[0];
        System.arraycopy(ids, 0, longer, 1, ids.length);
        return longer;
    }

    @Override
    public void close() {
        service.close();
    }
}
