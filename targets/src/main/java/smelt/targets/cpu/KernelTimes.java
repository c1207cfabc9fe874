package smelt.targets.cpu;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import smelt.base.Trace;
import smelt.graph.Attr;
import smelt.graph.Cost;
import smelt.graph.Node;
import smelt.targets.Target;

/** What each kernel took, summed over layers and steps. Used by the thread that runs the steps. */
public final class KernelTimes {
    /**
     * @param nanos with the barrier behind each call
     * @param cost of all calls, for one token
     */
    public record Entry(Node kernel, long calls, long nanos, Cost cost) {
        private Entry plus(long moreNanos, Cost more) {
            return new Entry(kernel, calls + 1, nanos + moreNanos, cost.plus(more));
        }

        public String name() {
            return kernel.attr(Attr.Text.class).value();
        }
    }

    private final Map<Node, Entry> entries = new LinkedHashMap<>();
    private boolean paused;

    /** Steps while this is paused run as if nobody looked: in one piece. */
    public void pause(boolean pause) {
        paused = pause;
    }

    boolean isPaused() {
        return paused;
    }

    void add(Target.Invocation call, long nanos) {
        Entry known = entries.getOrDefault(call.kernel(), new Entry(call.kernel(), 0, 0, Cost.NONE));
        entries.put(call.kernel(), known.plus(nanos, call.cost()));
    }

    /** What was added since the last time, in the order of a step. */
    public List<Entry> take() {
        List<Entry> taken = List.copyOf(entries.values());
        entries.clear();
        return taken;
    }

    void print() {
        entries.values()
                .forEach(entry -> Trace.print(
                        Trace.TIMES,
                        () -> String.format(
                                "%-40s %8d calls %10.1f ms %9.2f us each %7.2f GB/s of weights",
                                entry.name(),
                                entry.calls(),
                                entry.nanos() / 1e6,
                                entry.nanos() / 1e3 / entry.calls(),
                                (double) entry.cost().weightBytes() / entry.nanos())));
    }
}
