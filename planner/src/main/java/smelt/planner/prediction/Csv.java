package smelt.planner.prediction;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Comma-separated values with quoted fields (RFC 4180). */
final class Csv {
    private static final int LONGEST_RECORD = 1 << 20;
    private static final int MOST_RECORDS = 5_000_000;

    private Csv() {}

    static List<List<String>> read(Reader reader) {
        try {
            var parser = new Parser();
            var in = new BufferedReader(reader);
            for (int c = in.read(); c >= 0; c = in.read()) {
                parser.take((char) c);
            }
            return parser.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A field as it is written: quoted where it must be. */
    static String field(String value) {
        boolean plain = value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
    }

    private static final class Parser {
        private final List<List<String>> records = new ArrayList<>();
        private List<String> record = new ArrayList<>();
        private final StringBuilder field = new StringBuilder();
        private boolean quoted;
        private boolean closed;
        private int length;

        void take(char c) {
            if (++length > LONGEST_RECORD) {
                throw malformed("is longer than " + LONGEST_RECORD + " characters");
            }
            if (c == '\uFEFF' && records.isEmpty() && record.isEmpty() && field.isEmpty()) {
                return;
            }
            if (quoted) {
                insideQuotes(c);
            } else if (c == '"') {
                quote();
            } else if (c == ',') {
                endField();
            } else if (c == '\n') {
                endRecord();
            } else if (c != '\r') {
                field.append(c);
            }
        }

        private void insideQuotes(char c) {
            if (c == '"') {
                quoted = false;
                closed = true;
            } else {
                field.append(c);
            }
        }

        private void quote() {
            if (closed) {
                field.append('"');
            } else if (!field.isEmpty()) {
                throw malformed("has a quote within a field that does not start with one");
            }
            quoted = true;
            closed = false;
        }

        private void endField() {
            record.add(field.toString());
            field.setLength(0);
            closed = false;
        }

        private void endRecord() {
            endField();
            boolean blank = record.size() == 1 && record.getFirst().isBlank();
            if (!blank) {
                records.add(record);
            }
            if (records.size() > MOST_RECORDS) {
                throw malformed("is one more than can be read");
            }
            record = new ArrayList<>();
            length = 0;
        }

        List<List<String>> end() {
            if (quoted) {
                throw malformed("has a quote that is never closed");
            }
            if (!field.isEmpty() || !record.isEmpty()) {
                endRecord();
            }
            return records;
        }

        private Failure malformed(String what) {
            return Failure.of(FailureCode.MALFORMED, "Line " + (records.size() + 1) + " " + what)
                    .withNextStep("mend that line: a field that has a comma or a quote stands in quotes, and quotes"
                            + " within it are doubled");
        }
    }
}
