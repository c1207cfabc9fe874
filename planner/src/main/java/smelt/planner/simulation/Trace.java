package smelt.planner.simulation;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * Reads a trace of requests: CSV with a header and, in any order, a column of times (a date with time, or seconds), one
 * of prompt tokens and one of answer tokens; where prompts have beginnings in common, one of the tokens of these and
 * one that names those that begin alike; others are left aside. Refuses, with the line, what no log of a server looks
 * like: missing or negative values, times that go back, and hours in which nothing was recorded.
 */
final class Trace {
    private static final List<String> TIMES = List.of("timestamp", "time", "arrived_at", "arrival_time", "seconds");
    private static final List<String> INPUTS =
            List.of("contexttokens", "input_length", "input_tokens", "prompt_tokens", "num_prefill_tokens", "input");
    private static final List<String> OUTPUTS = List.of(
            "generatedtokens", "output_length", "output_tokens", "completion_tokens", "num_decode_tokens", "output");
    private static final List<String> PREFIXES = List.of("prefix_tokens", "shared_prefix", "prefix_length");
    private static final List<String> GROUPS = List.of("prefix_group", "prefix_id");

    private static final int MOST_REQUESTS = 20_000_000;
    private static final int MOST_CHARS = 4096;

    /**
     * A hole is at least so long, such a part of all, and so many times the usual time between requests; minutes
     * without any happen in bursty traces.
     */
    private static final double HOLE_SECONDS = 600;

    private static final double HOLE_SHARE = 1.0 / 8;
    private static final double HOLE_TIMES = 20;

    private final Path file;
    private final List<Arrival> arrivals = new ArrayList<>();
    /** The line of each; lines without anything at the end are no requests. */
    private int line;

    private int time;
    private int input;
    private int output;
    /** -1 where prompts have nothing in common. */
    private int prefix;

    private int group;
    private final Map<String, Integer> groups = new HashMap<>();
    private double start = Double.NaN;
    private @Nullable Boolean dates;

    private Trace(Path file) {
        this.file = file;
    }

    /**
     * @return in order of time, the first at 0 s
     * @throws Failure NOT_FOUND, or MALFORMED with the line
     */
    static List<Arrival> read(Path csv) {
        Trace trace = new Trace(csv);
        try (BufferedReader reader = Files.newBufferedReader(csv)) {
            trace.readAll(reader);
        } catch (CharacterCodingException e) {
            throw trace.malformed("is not text in UTF-8");
        } catch (IOException e) {
            throw Failure.of(FailureCode.NOT_FOUND, "The trace " + csv + " cannot be read: " + e.getMessage())
                    .withCause(e);
        }
        trace.requireNoHole();
        return trace.arrivals;
    }

    private void readAll(BufferedReader reader) throws IOException {
        String header = next(reader);
        if (header == null) {
            throw malformed("is empty: a header is expected");
        }
        List<String> names = Arrays.asList(
                header.replace("\uFEFF", "").toLowerCase(Locale.ROOT).strip().split("\\s*,\\s*", -1));
        time = column(names, TIMES, "times");
        input = column(names, INPUTS, "prompt tokens");
        output = column(names, OUTPUTS, "answer tokens");
        prefix = column(names, PREFIXES);
        group = column(names, GROUPS);
        if (prefix < 0 != group < 0) {
            throw malformed("has only one of the columns prefix_tokens and prefix_group, which belong together");
        }
        int blank = 0;
        for (String row = next(reader); row != null; row = next(reader)) {
            if (row.isBlank()) {
                blank = blank == 0 ? line : blank;
            } else if (blank > 0) {
                line = blank;
                throw malformed("is empty, and requests follow");
            } else {
                add(row.strip().split(",", -1), names.size());
            }
        }
        if (arrivals.isEmpty()) {
            throw malformed("is the last: the trace has no requests");
        }
    }

    private @Nullable String next(BufferedReader reader) throws IOException {
        StringBuilder row = new StringBuilder();
        int c = reader.read();
        if (c < 0) {
            return null;
        }
        line++;
        for (; c >= 0 && c != '\n'; c = reader.read()) {
            if (row.length() == MOST_CHARS) {
                throw malformed("has more than " + MOST_CHARS + " characters");
            }
            row.append((char) c);
        }
        return row.toString();
    }

    private int column(List<String> names, List<String> known, String what) {
        int column = column(names, known);
        if (column < 0) {
            throw malformed("names no column of " + what + ": one of " + known + " is expected");
        }
        return column;
    }

    /** -1 where there is none. */
    private static int column(List<String> names, List<String> known) {
        return known.stream()
                .mapToInt(names::indexOf)
                .filter(i -> i >= 0)
                .findFirst()
                .orElse(-1);
    }

    private void add(String[] cells, int columns) {
        if (cells.length != columns) {
            throw malformed("has " + cells.length + " values where the header has " + columns);
        }
        if (arrivals.size() == MOST_REQUESTS) {
            throw malformed("is beyond the first " + MOST_REQUESTS + " requests");
        }
        double at = seconds(cells[time].strip());
        start = Double.isNaN(start) ? at : start;
        double seconds = at - start;
        if (!arrivals.isEmpty() && seconds < arrivals.getLast().seconds()) {
            throw malformed("goes back in time: " + cells[time].strip() + " is "
                    + (float) (arrivals.getLast().seconds() - seconds) + " s before the line above");
        }
        int prompt = tokens(cells[input], "prompt", 1, Length.MOST);
        int shared = prefix < 0 ? 0 : tokens(cells[prefix], "shared prefix", 0, prompt);
        arrivals.add(new Arrival(
                seconds,
                prompt,
                tokens(cells[output], "answer", 1, Length.MOST),
                shared,
                shared == 0 ? 0 : groups.computeIfAbsent(cells[group].strip(), name -> groups.size())));
    }

    private int tokens(String cell, String what, int least, int most) {
        int count;
        try {
            count = Integer.parseInt(cell.strip());
        } catch (NumberFormatException e) {
            throw malformed("has '" + cell.strip() + "' for the tokens of its " + what);
        }
        if (count < least || count > most) {
            throw malformed("has " + count + " tokens of its " + what + ", not between " + least + " and " + most);
        }
        return count;
    }

    private double seconds(String cell) {
        boolean date = cell.indexOf(':') > 0;
        if (dates != null && dates != date) {
            throw malformed("has '" + cell + "' for its time, which is of another form than those above");
        }
        dates = date;
        double seconds;
        try {
            seconds = date ? Moments.seconds(cell) : Double.parseDouble(cell);
        } catch (RuntimeException e) {
            throw malformed("has '" + cell + "' for its time");
        }
        if (!(seconds >= 0 && seconds < 1e15)) {
            throw malformed("has '" + cell + "' for its time, which is below 0 or no time");
        }
        return seconds;
    }

    private void requireNoHole() {
        double[] gaps = new double[arrivals.size() - 1];
        int longest = 0;
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = arrivals.get(i + 1).seconds() - arrivals.get(i).seconds();
            longest = gaps[i] > gaps[longest] ? i : longest;
        }
        if (gaps.length < 2) {
            return;
        }
        double gap = gaps[longest];
        Arrays.sort(gaps);
        double usual = gaps[gaps.length / 2];
        double all = arrivals.getLast().seconds();
        if (gap > HOLE_SECONDS && gap > HOLE_SHARE * all && gap > HOLE_TIMES * usual) {
            line = longest + 3;
            throw malformed("comes " + Math.round(gap) + " s after the line above, in a trace of " + Math.round(all)
                    + " s with " + (float) usual + " s from request to request: part of it is missing");
        }
    }

    private Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, "Line " + line + " of the trace " + file + " " + what)
                .withNextStep("mend or cut the trace: a header, then one request a line in order of time, each with"
                        + " its time, prompt tokens and answer tokens");
    }
}
