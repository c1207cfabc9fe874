package smelt.store;

import java.util.List;
import java.util.stream.Collectors;
import smelt.base.Failure;

/** Several failures told as one. */
final class Failures {
    private Failures() {}

    /** The first one's code and next step; everything that was said. */
    static Failure combined(List<Failure> failures) {
        Failure first = failures.getFirst();
        if (failures.size() == 1) {
            return first;
        }
        String what = failures.stream().map(Failure::what).collect(Collectors.joining("; then: "));
        String next = failures.stream()
                .map(Failure::nextStep)
                .filter(step -> step != null)
                .distinct()
                .collect(Collectors.joining("; or: "));
        Failure combined = Failure.of(first.code(), what).withCause(first);
        return next.isEmpty() ? combined : combined.withNextStep(next);
    }
}
