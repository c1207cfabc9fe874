package smelt.planner.prediction;

import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.planner.time.Deployment;
import smelt.planner.time.Load;
import smelt.planner.time.Measurement;

/**
 * A line of a file of measurements, understood.
 *
 * @param fields as they were written, in the header's order
 * @param measured null where the file does not say
 */
public record Row(
        List<String> fields,
        Deployment deployment,
        Load load,
        @Nullable Measurement measured) implements Line {
    public Row {
        fields = List.copyOf(fields);
    }
}
