package smelt.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The source tree as a checkout has it: what git ignores by rule is left out by name. */
final class Project {
    /** In the order in which data moves; a room imports only rooms before it. */
    static final List<String> ROOMS = List.of(
            "base",
            "blocks",
            "formats",
            "store",
            "tokenizer",
            "graph",
            "models",
            "compiler",
            "targets",
            "runtime",
            "engine",
            "planner",
            "server",
            "bench",
            "cli",
            "check",
            "clients");

    static final Path ROOT = findRoot();

    private static final Set<String> IGNORED =
            Set.of("target", ".git", "lib", ".idea", ".vscode", ".cifuzz-corpus", "__pycache__");

    private Project() {}

    /** All files below the root, relative to it, in a fixed order. */
    static List<Path> files() {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    Path name = folder.getFileName();
                    boolean ignored = !folder.equals(ROOT) && name != null && IGNORED.contains(name.toString());
                    return ignored ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && !file.equals(ROOT.resolve(".git"))) {
                        found.add(ROOT.relativize(file));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        found.sort(null);
        return found;
    }

    static List<Path> javaFiles() {
        return files().stream()
                .filter(file -> file.toString().endsWith(".java"))
                .toList();
    }

    static boolean isMain(Path file) {
        return slashed(file).contains("/src/main/");
    }

    static String slashed(Path file) {
        return file.toString().replace('\\', '/');
    }

    static String text(Path file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static Path findRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(folder.resolve("verify"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException("No folder above the current one holds the file 'verify'");
            }
            folder = parent;
        }
        return folder;
    }
}
