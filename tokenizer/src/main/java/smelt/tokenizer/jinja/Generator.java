package smelt.tokenizer.jinja;

import java.util.Iterator;

/** What lazy filters give: true, without a length, and empty once it was walked through. */
record Generator(Iterator<Object> elements) {}
