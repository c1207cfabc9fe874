package smelt.engine;

import java.util.ArrayList;
import java.util.List;

/** Who computes in a step that is being put together, and the rows and wanted rows that are left in it. */
final class StepRoom {
    private final List<Sequence> members = new ArrayList<>();
    private int size;
    private int rows;
    private int logits;

    /** Makes it empty. */
    void open(int mostRows, int mostLogits) {
        members.clear();
        size = mostRows;
        rows = mostRows;
        logits = mostLogits;
    }

    List<Sequence> members() {
        return members;
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    /** Rows that are taken. */
    int taken() {
        return size - rows;
    }

    int rows() {
        return rows;
    }

    int logits() {
        return logits;
    }

    /** The sequence computes its next {@code length} tokens. */
    void enter(Sequence sequence, int length) {
        sequence.schedule(length);
        members.add(sequence);
        rows -= length;
        logits -= length - sequence.logitsFrom(length);
    }

    /** The same for guesses of members. */
    void enterGuesses(int count) {
        rows -= count;
        logits -= count;
    }

    /** Whether it was a member. */
    boolean leave(Sequence sequence) {
        if (!members.remove(sequence)) {
            return false;
        }
        rows += sequence.scheduled();
        logits += sequence.scheduled() - sequence.logitsFrom(sequence.scheduled());
        return true;
    }
}
