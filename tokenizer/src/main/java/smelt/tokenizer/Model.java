package smelt.tokenizer;

/** Turns one piece of normalised, pre-tokenised text into ids. */
sealed interface Model permits BytePairModel, SentencePieceMerges, UnigramModel, WordPieceModel {
    void encode(int[] text, int start, int end, Encoding out);
}
