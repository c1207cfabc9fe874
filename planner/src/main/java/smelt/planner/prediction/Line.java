package smelt.planner.prediction;

import java.util.List;

/** A line of a file of measurements. */
sealed interface Line permits Row, Unknown {
    /** As they were written, in the header's order. */
    List<String> fields();
}
