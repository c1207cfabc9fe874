package smelt.tokenizer.jinja;

/** Python's None. */
enum None {
    NONE
}
