package smelt.targets.cpu;

import java.util.LinkedHashMap;
import java.util.Map;
import smelt.base.Trace;
import smelt.graph.Attr;
import smelt.targets.Target;

/** What each kernel took, summed over layers and steps. */
final class KernelTimes {
    private record Entry(long calls, long nanos, long weightBytes) {
        Entry plus(long moreNanos, long bytes) {
            return new Entry(calls + 1, nanos + moreNanos, weightBytes + bytes);
        }
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    void add(Target.Invocation call, long nanos) {
        String name = call.kernel().attr(Attr.Text.class).value();
        Entry known = entries.getOrDefault(name, new Entry(0, 0, 0));
        entries.put(name, known.plus(nanos, call.cost().weightBytes()));
    }

    void print() {
        entries.forEach((name, entry) -> Trace.print(
                Trace.TIMES,
                () -> String.format(
                        "%-40s %8d calls %10.1f ms %9.2f us each %7.2f GB/s of weights",
                        name,
                        entry.calls(),
                        entry.nanos() / 1e6,
                        entry.nanos() / 1e3 / entry.calls(),
                        (double) entry.weightBytes() / entry.nanos())));
    }
}
