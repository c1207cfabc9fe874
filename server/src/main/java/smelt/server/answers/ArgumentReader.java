package smelt.server.answers;

/** Reads the arguments of one call as they come, and tells them as a JSON object. For one call. */
interface ArgumentReader {
    /** What follows from one more character. */
    enum Progress {
        GOES_ON,
        /** The arguments are complete. */
        COMPLETE,
        /** They are over, and {@link #rest} is none of them. */
        BROKEN
    }

    /** @param json takes what is certain of the object */
    Progress read(char c, StringBuilder json);

    /** What was read last and is no argument. */
    default String rest() {
        return "";
    }

    /** An object that is JSON already: it comes as it is written. */
    final class OfJson implements ArgumentReader {
        private int depth;
        private boolean inString;
        private boolean escaped;

        @Override
        public Progress read(char c, StringBuilder json) {
            json.append(c);
            if (inString) {
                inString = escaped || c != '"';
                escaped = !escaped && c == '\\';
            } else if (c == '"') {
                inString = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                return Progress.COMPLETE;
            }
            return Progress.GOES_ON;
        }
    }
}
