package smelt.engine;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Who is next: the highest priority; in it, sequences that had to give way, oldest first; then the keys in turn, by
 * deficit round robin (Shreedhar and Varghese 1995) over tokens, and first come first served within a key.
 */
final class WaitingQueue {
    /** Tokens that a key may start in one turn. */
    private static final int QUANTUM = 1024;
    /** What an answer counts, whose length nobody knows, beside the tokens of its prompt. */
    private static final int ANSWER = 128;

    private final TreeMap<Integer, PriorityClass> classes = new TreeMap<>(Comparator.reverseOrder());
    private int size;

    /** The sequences of one key. */
    private static final class KeyQueue {
        final Deque<Sequence> sequences = new ArrayDeque<>();
        long deficit;

        long missing() {
            return sequences.getFirst().promptLength() + ANSWER - deficit;
        }
    }

    /** The sequences of one priority. */
    private static final class PriorityClass {
        final TreeSet<Sequence> resumed = new TreeSet<>(Comparator.comparingLong(Sequence::arrival));
        final Map<String, KeyQueue> keys = new HashMap<>();
        final Deque<KeyQueue> turns = new ArrayDeque<>();

        boolean isEmpty() {
            return resumed.isEmpty() && turns.isEmpty();
        }

        void add(Sequence sequence) {
            keys.computeIfAbsent(sequence.request().terms().key(), key -> {
                        KeyQueue queue = new KeyQueue();
                        turns.addLast(queue);
                        return queue;
                    })
                    .sequences
                    .addLast(sequence);
        }

        Sequence head() {
            if (!resumed.isEmpty()) {
                return resumed.first();
            }
            KeyQueue queue = turns.getFirst();
            while (turns.size() > 1 && queue.missing() > 0) {
                queue.deficit += QUANTUM;
                turns.addLast(turns.removeFirst());
                queue = turns.getFirst();
            }
            return queue.sequences.getFirst();
        }

        boolean remove(Sequence sequence) {
            if (resumed.remove(sequence)) {
                return true;
            }
            String key = sequence.request().terms().key();
            KeyQueue queue = keys.get(key);
            if (queue == null || !queue.sequences.remove(sequence)) {
                return false;
            }
            if (queue.sequences.isEmpty()) {
                keys.remove(key);
                turns.remove(queue);
            }
            return true;
        }

        /** Takes out the {@link #head}. */
        void take(Sequence head) {
            KeyQueue queue = keys.get(head.request().terms().key());
            if (queue != null && resumed.isEmpty()) {
                // alone it waits for nobody, and saves or owes nothing
                queue.deficit = turns.size() == 1 ? 0 : -queue.missing();
            }
            remove(head);
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** In the order of their priorities. */
    void forEach(Consumer<Sequence> visitor) {
        classes.values().forEach(own -> {
            own.resumed.forEach(visitor);
            own.turns.forEach(queue -> queue.sequences.forEach(visitor));
        });
    }

    void add(Sequence sequence) {
        classOf(sequence).add(sequence);
        size++;
    }

    /** A sequence that had started and had to give way. */
    void addResumed(Sequence sequence) {
        classOf(sequence).resumed.add(sequence);
        size++;
    }

    private PriorityClass classOf(Sequence sequence) {
        return classes.computeIfAbsent(sequence.request().terms().priority(), priority -> new PriorityClass());
    }

    /** The next to start; the same one until it is taken or another comes before it. */
    Sequence head() {
        return classes.firstEntry().getValue().head();
    }

    /** Takes out the {@link #head}. */
    void take(Sequence head) {
        Objects.requireNonNull(classes.get(head.request().terms().priority())).take(head);
        removed(head);
    }

    /** Takes out a sequence; false where it does not wait. */
    boolean remove(Sequence sequence) {
        PriorityClass own = classes.get(sequence.request().terms().priority());
        boolean removed = own != null && own.remove(sequence);
        if (removed) {
            removed(sequence);
        }
        return removed;
    }

    private void removed(Sequence sequence) {
        size--;
        classes.computeIfPresent(sequence.request().terms().priority(), (priority, own) -> own.isEmpty() ? null : own);
    }
}
