package smelt.tokenizer;

/**
 * What a token of the vocabulary stands for in output.
 *
 * @param bytes of the piece; {@code first} tells whether it begins the text
 * @param addedToo whether it spells added and control tokens as well, which otherwise stand for themselves
 */
record TokenDecoder(Bytes bytes, boolean addedToo) {
    @FunctionalInterface
    interface Bytes {
        byte[] of(String piece, boolean first);
    }
}
