package smelt.store;

import java.util.OptionalLong;

/** What a download tells while it runs. Calls come from one thread at a time. */
public interface Progress {
    /** Tells nothing. */
    Progress NONE = new Progress() {
        @Override
        public void start(String what, long done, OptionalLong total) {}

        @Override
        public void at(long done) {}

        @Override
        public void finish() {}

        @Override
        public void note(String line) {}
    };

    /**
     * A transfer begins or continues.
     *
     * @param done bytes that are there already
     * @param total bytes in all, where known
     */
    void start(String what, long done, OptionalLong total);

    /** The transfer now has {@code done} bytes; may go back where a server makes a transfer start again. */
    void at(long done);

    /** The transfer ended, well or not. */
    void finish();

    /** Something that the waiting person should know. */
    void note(String line);
}
