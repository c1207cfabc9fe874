package smelt.engine.cache;

/** Hears how far the saving or restoring of a prefix cache is, on the thread that called for it. */
public interface SnapshotProgress {
    /** Bytes so far, of as many in all. */
    void at(long done, long total);
}
