package smelt.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Guards the sizes that keep the sources readable. */
final class BudgetTest {
    private static final int METHOD_LINES = 60;
    private static final int FILE_LINES = 500;
    private static final int COLUMNS = 120;

    /** File, from the root, to the reason why it may be longer. */
    private static final Map<String, String> LONG_FILES = Map.of();

    @Test
    void filesAreAtMost500LinesLong() {
        List<String> wrong = new ArrayList<>();
        for (Path file : Project.javaFiles()) {
            int lines = Project.text(file).split("\n", -1).length - 1;
            if (lines > FILE_LINES && !LONG_FILES.containsKey(Project.slashed(file))) {
                wrong.add(file + ":" + FILE_LINES + ": the file has " + lines + " lines: split it by what it does");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theListOfLongFilesIsNotStale() {
        assertThat(LONG_FILES.keySet())
                .allSatisfy(
                        file -> assertThat(Project.text(Path.of(file)).lines().count())
                                .as("%s is short enough now: take it off the list", file)
                                .isGreaterThan(FILE_LINES));
    }

    @Test
    void linesAreAtMost120ColumnsWide() {
        List<String> wrong = new ArrayList<>();
        for (Path file : Project.files()) {
            if (!TrackedFilesTest.isSource(file) || file.toString().endsWith(".md") || file.endsWith("pom.xml")) {
                continue;
            }
            List<String> lines = Project.text(file).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                int columns = line.codePointCount(0, line.length());
                if (columns > COLUMNS) {
                    wrong.add(file + ":" + (i + 1) + ": " + columns + " columns: break the line");
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void methodsAreAtMost60LinesLong() throws IOException {
        List<String> wrong = new ArrayList<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<Path> sources = Project.javaFiles().stream()
                    .filter(Project::isMain)
                    .map(Project.ROOT::resolve)
                    .toList();
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new LongMethods(unit, positions, wrong).scan(unit, null);
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static final class LongMethods extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> wrong;

        LongMethods(CompilationUnitTree unit, SourcePositions positions, List<String> wrong) {
            this.unit = unit;
            this.positions = positions;
            this.wrong = wrong;
        }

        @Override
        @SuppressWarnings({"NullAway", "VoidUsed"}) // the scanner hands null through by its own contract
        public Void visitMethod(MethodTree method, Void nothing) {
            LineMap map = unit.getLineMap();
            long first = map.getLineNumber(positions.getStartPosition(unit, method));
            long last = map.getLineNumber(positions.getEndPosition(unit, method));
            if (last - first + 1 > METHOD_LINES) {
                Path file = Project.ROOT.relativize(Path.of(unit.getSourceFile().toUri()));
                wrong.add("%s:%d: %s has %d lines: give its steps names of their own"
                        .formatted(file, first, method.getName(), last - first + 1));
            }
            return super.visitMethod(method, nothing);
        }
    }
}
