package smelt.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Texts that a command reads whole from a file. */
final class TextInput {
    private static final int MAX_BYTES = 256 << 20;

    private TextInput() {}

    /**
     * @param file in UTF-8; {@code -} is standard input
     * @throws Failure NOT_FOUND where it cannot be read, LIMIT_EXCEEDED where it is too long to be a text
     */
    static String read(String file) {
        try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw Failure.of(FailureCode.LIMIT_EXCEEDED, file + " is longer than " + (MAX_BYTES >> 20) + " MiB")
                        .withNextStep("split it");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw unreadable("There is no file " + file, e);
        } catch (IOException | InvalidPathException e) {
            throw unreadable(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The lines of {@code file}; without one, {@code given}. */
    static List<String> lines(@Nullable String file, List<String> given) {
        return file == null ? given : read(file).lines().toList();
    }

    private static Failure unreadable(String what, Exception cause) {
        return Failure.of(FailureCode.NOT_FOUND, what)
                .withNextStep("give the path of a text file, or - for standard input")
                .withCause(cause);
    }
}
