package smelt.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers why it failed, which {@link java.io.PrintWriter} does not tell. */
final class StandardOutput extends FilterOutputStream {
    private @Nullable IOException failure;

    StandardOutput(OutputStream out) {
        super(out);
    }

    static StandardOutput ofProcess() {
        return new StandardOutput(new FileOutputStream(FileDescriptor.out));
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** What to tell about it; empty where nothing failed, or a reader (such as head) just had enough. */
    String complaint() {
        IOException known = failure;
        String why = known == null ? "Broken pipe" : String.valueOf(known.getMessage());
        return why.contains("Broken pipe") ? "" : "smelt: standard output cannot be written: " + why;
    }
}
