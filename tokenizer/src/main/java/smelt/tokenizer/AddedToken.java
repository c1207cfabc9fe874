package smelt.tokenizer;

/**
 * A token that is cut out of the text before anything else happens.
 *
 * @param special a control token: recognised only where the caller allows it, absent from plain output
 * @param singleWord matches only where no word character touches it
 * @param stripLeft swallows the whitespace before it
 * @param stripRight swallows the whitespace behind it
 * @param normalized is looked for in the normalised text instead of the text as given
 */
record AddedToken(
        int id,
        String content,
        boolean special,
        boolean singleWord,
        boolean stripLeft,
        boolean stripRight,
        boolean normalized) {
    static AddedToken plain(int id, String content, boolean special) {
        return new AddedToken(id, content, special, false, false, false, false);
    }
}
