package smelt.tokenizer;

/** What one call to encode works with: the ids so far and the memory that merging reuses from word to word. */
final class Encoding {
    final IntList ids;
    final Merging merging = new Merging();

    Encoding(int expected) {
        ids = new IntList(expected);
    }
}
