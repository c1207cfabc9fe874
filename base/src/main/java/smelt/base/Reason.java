package smelt.base;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why the system did not read or write, in words for the end of a sentence. */
public final class Reason {
    private Reason() {}

    /** Such as {@code No space left on device}; without names of classes. */
    public static String of(IOException e) {
        if (e instanceof NoSuchFileException missing) {
            return "there is no " + missing.getFile();
        }
        if (e instanceof AccessDeniedException) {
            return "access is denied";
        }
        String reason = e instanceof FileSystemException file ? file.getReason() : null;
        return reason == null ? String.valueOf(e.getMessage()) : reason;
    }
}
