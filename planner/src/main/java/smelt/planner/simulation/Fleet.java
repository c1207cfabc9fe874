package smelt.planner.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The replicas of a service: who is up, and who gets the next request. */
final class Fleet {
    /** A replica goes, or comes back. */
    private record Change(long nanos, int replica, boolean up) {}

    private final Replica[] replicas;
    /** How many outages each is in. */
    private final int[] outages;

    private final PriorityQueue<Change> changes = new PriorityQueue<>(Comparator.comparingLong(Change::nanos));
    /** Those that came while no replica was up. */
    private final Map<Integer, Arrival> homeless = new TreeMap<>();

    Fleet(List<Replica> replicas, List<Outage> outages) {
        this.replicas = replicas.toArray(Replica[]::new);
        this.outages = new int[this.replicas.length];
        for (Outage outage : outages) {
            changes.add(new Change(Math.round(outage.fromSeconds() * 1e9), outage.replica(), false));
            changes.add(new Change(Math.round(outage.toSeconds() * 1e9), outage.replica(), true));
        }
    }

    /** When something happens without anybody coming; {@link Feed#NEVER} where nothing will. */
    long next() {
        long next = Feed.NEVER;
        boolean works = !homeless.isEmpty();
        for (Replica replica : replicas) {
            next = Math.min(next, replica.end());
            works |= replica.outstanding() > 0;
        }
        // who has nothing to do does not mind
        return works && !changes.isEmpty() ? Math.min(next, changes.element().nanos()) : next;
    }

    /** Ends the steps that end now. */
    void apply(long nowNanos) {
        for (Replica replica : replicas) {
            if (replica.end() == nowNanos) {
                replica.apply();
            }
        }
    }

    /** Replicas go and come back; what was due before they did nobody noticed. */
    void change(long nowNanos) {
        while (!changes.isEmpty() && changes.element().nanos() <= nowNanos) {
            Change change = changes.remove();
            outages[change.replica()] += change.up() ? -1 : 1;
            if (!change.up()) {
                homeless.putAll(replicas[change.replica()].reset(nowNanos));
            }
        }
        if (!homeless.isEmpty() && up() != null) {
            List<Map.Entry<Integer, Arrival>> all = new ArrayList<>(homeless.entrySet());
            homeless.clear();
            all.forEach(entry -> add(entry.getKey(), entry.getValue(), nowNanos));
        }
    }

    /** Where a request goes that has come. */
    void add(int request, Arrival arrival, long nowNanos) {
        Replica least = up();
        if (least == null) {
            homeless.put(request, arrival);
        } else {
            least.add(request, arrival);
            least.interrupt(nowNanos);
        }
    }

    /** The one that is up and has the fewest requests; null where all are down. */
    private @Nullable Replica up() {
        Replica least = null;
        for (int i = 0; i < replicas.length; i++) {
            boolean fewer = least == null || replicas[i].outstanding() < least.outstanding();
            least = outages[i] == 0 && fewer ? replicas[i] : least;
        }
        return least;
    }

    int outstanding() {
        int sum = homeless.size();
        for (Replica replica : replicas) {
            sum += replica.outstanding();
        }
        return sum;
    }

    /** Everybody who has something to do and does not do it begins. */
    void begin(long nowNanos, long horizon) {
        for (Replica replica : replicas) {
            if (!replica.isStepping() && replica.outstanding() > 0) {
                replica.begin(nowNanos, horizon);
            }
        }
    }

    /** At the end. */
    Ledger.Totals totals(long nowNanos) {
        long busy = 0;
        double held = 0;
        long shortOf = 0;
        long preemptions = 0;
        for (Replica replica : replicas) {
            replica.account(nowNanos);
            busy += replica.busyNanos();
            held += replica.heldNanos();
            shortOf += replica.shortNanos();
            preemptions += replica.preemptions();
        }
        return new Ledger.Totals(replicas.length, busy, held, shortOf, preemptions);
    }
}
