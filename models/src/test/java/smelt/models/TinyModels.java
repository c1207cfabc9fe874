package smelt.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.Node;
import smelt.graph.Op;

/** The tiny models that lie with the checks of the whole; a build runs tests in the module's folder. */
final class TinyModels {
    private static final Path ALL = Path.of("..", "check", "src", "test", "resources", "tiny-models");

    private TinyModels() {}

    static List<Path> folders() {
        try (Stream<Path> all = Files.list(ALL)) {
            return all.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keys, names, types and shapes of a tiny model, to be changed. */
    static FakeModel copy(String name) {
        return copy(ALL.resolve(name));
    }

    static FakeModel copy(Path folder) {
        try (ModelFile file = ModelFiles.open(folder)) {
            FakeModel copy = new FakeModel(file.format());
            file.metadata().values().forEach(copy::with);
            file.tensors()
                    .values()
                    .forEach(tensor -> copy.tensor(
                            tensor.name(),
                            tensor.type(),
                            tensor.shape().stream().mapToLong(Long::longValue).toArray()));
            return copy;
        }
    }

    /** A node of this operation in an expression. */
    static Node find(Node root, Op op) {
        return nodes(root).filter(node -> node.op() == op).findFirst().orElseThrow();
    }

    private static Stream<Node> nodes(Node root) {
        return Stream.concat(Stream.of(root), root.inputs().stream().flatMap(TinyModels::nodes));
    }
}
