package smelt.planner.prediction;

import java.util.List;
import smelt.base.Failure;

/**
 * A line that is in order, about something that is not known.
 *
 * @param number of the line; the header is 1
 */
record Unknown(List<String> fields, int number, Failure reason) implements Line {
    Unknown {
        fields = List.copyOf(fields);
    }
}
