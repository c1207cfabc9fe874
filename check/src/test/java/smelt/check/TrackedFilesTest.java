package smelt.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Guards what the files of the project may hold: plain text, nothing of one machine or network, no secret. */
final class TrackedFilesTest {
    private static final Set<String> SOURCE_ENDINGS = Set.of(".java", ".xml", ".md", ".sh", ".py", ".yaml", ".yml");
    private static final Set<String> SCRIPTS = Set.of("smelt", "verify", ".ci/run", "scripts/ecj");

    private static final long MOST_BYTES = 1 << 20;
    private static final Pattern ARCHIVE = Pattern.compile(".*[.](gz|tgz|zip|whl|jar|so|dll|dylib|class)");

    /** Written so that this file does not match itself. */
    private static final Map<String, Pattern> FORBIDDEN = Map.of(
            "a tab: use spaces",
            Pattern.compile("\t"),
            "a carriage return: lines end with LF",
            Pattern.compile("\r"),
            "a path of one machine: derive it, or take it from the environment",
            Pattern.compile("(?<![\\w.}$)])/(?:work|root|home/[a-z]\\w*|Users/\\w+)/|temurin-25-jdk-(?:amd|arm)64"),
            "a registry's host name: mirrors and closed networks need the client's own settings",
            Pattern.compile("repo1?[.]maven[.]|pypi[.]org|pythonhosted[.]org|registry[.]npmjs|deb[.]debian[.]org"
                    + "|crates[.]io|proxy[.]golang[.]org"),
            "what looks like a secret: take it out of the history too",
            Pattern.compile("(?m)^\\s*-----BEGIN [A-Z ]*PRIVATE KEY|PRIVATE KEY-----(\\\\n)?[A-Za-z0-9+/]{40}"
                    + "|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{30,}"
                    + "|sk-[A-Za-z0-9_-]{24,}|xox[abp]-[A-Za-z0-9-]{20,}"));

    static boolean isSource(Path file) {
        String name = Project.slashed(file);
        int dot = name.lastIndexOf('.');
        return SCRIPTS.contains(name) || (dot >= 0 && SOURCE_ENDINGS.contains(name.substring(dot)) && !isData(file));
    }

    @Test
    void sourcesHoldNothingThatDoesNotBelongThere() {
        List<String> wrong = new ArrayList<>();
        for (Path file : Project.files()) {
            if (isSource(file)) {
                String text = Project.text(file);
                FORBIDDEN.forEach((what, pattern) -> pattern.matcher(text)
                        .results()
                        .forEach(hit -> wrong.add(file + ":" + lineOf(text, hit.start()) + ": " + what)));
                if (!text.isEmpty() && !text.endsWith("\n")) {
                    wrong.add(file + ":" + lineOf(text, text.length()) + ": the last line has no end: add a newline");
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void filesAreSmallAndOurs() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : Project.files()) {
            if (Files.size(Project.ROOT.resolve(file)) > MOST_BYTES
                    || ARCHIVE.matcher(file.toString()).matches()) {
                wrong.add(file + ": an archive, or over 1 MiB: take it out, also of the commit that brought it");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() {
        List<String> wrong = new ArrayList<>();
        Set<Path> packages = new TreeSet<>();
        for (Path file : Project.javaFiles()) {
            Path folder = file.getParent();
            if (Project.isMain(file) && folder != null && !file.endsWith("package-info.java")) {
                packages.add(folder);
            }
        }
        List<Path> files = Project.files();
        for (Path folder : packages) {
            Path info = folder.resolve("package-info.java");
            if (!files.contains(info)) {
                wrong.add(info + ":1: missing: say what comes in, what goes out, and add @NullMarked");
            } else if (!Project.text(info).contains("@NullMarked")) {
                wrong.add(info + ":1: @NullMarked is missing");
            } else if (!Project.text(info).contains("/**")) {
                wrong.add(info + ":1: say what the package is for, what comes in and what goes out");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void dataOfOthersNamesItsSourceAndLicence() {
        Set<String> unexplained = new TreeSet<>();
        List<Path> files = Project.files();
        for (Path file : files) {
            String name = Project.slashed(file);
            int resources = name.indexOf("/src/test/resources/");
            if (resources >= 0 && files.stream().noneMatch(other -> explains(other, name.substring(0, resources)))) {
                unexplained.add(name.substring(0, resources)
                        + "/src/test/resources: add a README.md that names source and licence of the data");
            }
        }
        assertThat(unexplained).isEmpty();
    }

    private static boolean explains(Path file, String room) {
        String name = Project.slashed(file);
        return name.startsWith(room + "/src/test/resources/") && name.endsWith("/README.md");
    }

    /** Golden and hostile data keep the bytes they came with. */
    private static boolean isData(Path file) {
        String name = Project.slashed(file);
        return name.contains("/resources/") && !name.endsWith("README.md");
    }

    private static long lineOf(String text, int offset) {
        return text.substring(0, offset).chars().filter(c -> c == '\n').count() + 1;
    }
}
