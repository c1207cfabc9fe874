package smelt.server.answers;

import java.util.List;

/**
 * Reads an answer as it grows. The parts are the same however the text is cut, and what is no call comes back as
 * content, to the letter. For one answer.
 */
interface PartReader {
    /** What is certain after {@code text}. */
    List<Part> push(String text);

    /** What was held back, at the answer's end. */
    List<Part> end();
}
