package smelt.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Guards {@code ./smelt}: when it builds, what it runs, what it says. Java and Maven are fakes that tell their calls.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
final class LauncherTest {
    private static final String FAKE_JAVA = """
            #!/bin/sh
            case $1 in -XX:AOTCacheOutput=*) exit 0 ;; esac
            while [ "$1" != smelt.cli.Main ]; do shift; done
            shift
            for argument; do printf '<%s>' "$argument"; done
            """;

    private static final String FAKE_MAVEN = """
            #!/bin/sh
            echo called >>"$HOME/maven-calls"
            [ ! -e "$HOME/maven-fails" ] || { echo '[ERROR] boom'; exit 1; }
            sleep 0.3
            while [ "$1" != -f ]; do shift; done
            mkdir -p "${2%/pom.xml}/cli/target"
            cd "${2%/pom.xml}/cli/target"
            echo jar >smelt-cli-1.jar
            printf '%s' "$PWD/smelt-cli-1.jar" >runtime-jars
            """;

    @TempDir
    private Path temporary = Path.of("");

    private Path project = Path.of("");
    private Path home = Path.of("");
    private Path jdk = Path.of("");
    private final Map<String, String> environment = new HashMap<>();

    private record Outcome(int code, String out, String err) {}

    @BeforeEach
    void layOut() throws IOException {
        project = Files.createDirectories(temporary.resolve("a folder/project"));
        home = Files.createDirectories(temporary.resolve("home of me"));
        jdk = fakeJava("jdk 25", "25.0.3");
        Path commands = Files.createDirectories(temporary.resolve("commands"));
        script(commands.resolve("mvn"), FAKE_MAVEN);
        for (String file : List.of("smelt", "scripts/java.sh", "scripts/build.sh", "scripts/flags.sh", "scripts/ecj")) {
            script(project.resolve(file), Project.text(Path.of(file)));
        }
        write(project.resolve("pom.xml"), "<project/>");
        write(project.resolve("cli/pom.xml"), "<project/>");
        write(project.resolve("cli/src/main/java/A.java"), "class A {}");
        write(project.resolve("cli/src/main/java/B.java"), "class B {}");
        environment.put("HOME", home.toString());
        environment.put("PATH", commands + ":/usr/bin:/bin");
        environment.put("JAVA_HOME", jdk.toString());
    }

    @Test
    void buildsOnTheFirstStartOnly() throws Exception {
        Outcome first = smelt("run", "a question?", "*", "");
        assertThat(first).isEqualTo(new Outcome(0, "<run><a question?><*><>", first.err()));
        assertThat(first.err()).contains("smelt: building with " + jdk);
        assertThat(smelt("x")).isEqualTo(new Outcome(0, "<x>", ""));
        assertThat(builds()).isOne();
    }

    @Test
    void buildsAgainAfterASourceWasChangedOrDeleted() throws Exception {
        smelt();
        write(project.resolve("cli/src/main/java/A.java"), "class A { int i; }");
        smelt();
        assertThat(builds()).isEqualTo(2);
        Files.delete(project.resolve("cli/src/main/java/B.java"));
        smelt();
        assertThat(builds()).isEqualTo(3);
        smelt();
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void twoFirstStartsAtOnceBuildOnce() throws Exception {
        Process one = start(project.resolve("smelt"), "1");
        Process two = start(project.resolve("smelt"), "2");
        assertThat(List.of(end(one).out(), end(two).out())).containsExactly("<1>", "<2>");
        assertThat(builds()).isOne();
    }

    @Test
    void keepsTheBuildThatMayBeRunning() throws Exception {
        for (int i = 0; i < 4; i++) {
            smelt();
            write(project.resolve("cli/src/main/java/A.java"), "class A { int i" + i + "; }");
        }
        try (Stream<Path> files = Files.list(project.resolve("target/dist"))) {
            assertThat(files.filter(f -> Files.exists(f.resolve("lib")))).hasSize(2);
        }
    }

    @Test
    void tellsWhyABuildFailedAndTriesAgain() throws Exception {
        write(home.resolve("maven-fails"), "");
        Outcome failed = smelt("x");
        assertThat(failed.code()).isOne();
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err()).contains("[ERROR] boom", "smelt: the build failed", "build.log");
        Files.delete(home.resolve("maven-fails"));
        assertThat(smelt("x").out()).isEqualTo("<x>");
    }

    @Test
    void worksThroughSymbolicLinks() throws Exception {
        Path link = Files.createSymbolicLink(temporary.resolve("link one"), project.resolve("smelt"));
        Path links = Files.createDirectories(temporary.resolve("bin"));
        Path relative = Files.createSymbolicLink(links.resolve("smelt"), Path.of("../link one"));
        assertThat(end(start(link, "a")).out()).isEqualTo("<a>");
        assertThat(end(start(relative, "b")).out()).isEqualTo("<b>");
    }

    @Test
    void passesOverAnOldJava() throws Exception {
        Path old = fakeJava("jdk 17", "17.0.15");
        Files.createSymbolicLink(temporary.resolve("commands/java"), old.resolve("bin/java"));
        Files.createSymbolicLink(temporary.resolve("commands/javac"), old.resolve("bin/javac"));
        assertThat(smelt("x").err()).contains("smelt: building with " + jdk);
    }

    @Test
    void refusesAnOldJavaThatWasNamed() throws Exception {
        environment.put("SMELT_JAVA_HOME", fakeJava("jdk 17", "17.0.15").toString());
        Outcome refused = smelt("x");
        assertThat(refused.code()).isOne();
        assertThat(refused.err()).contains("holds no Java 25 or newer").contains("unset it");
    }

    @Test
    void buildsInTheCacheWhereTheProjectIsReadOnly() throws Exception {
        write(project.resolve("target"), "a file where the folder would be");
        assertThat(smelt("x").out()).isEqualTo("<x>");
        assertThat(home.resolve(".cache/smelt/build")).isDirectory();
        assertThat(smelt("y")).isEqualTo(new Outcome(0, "<y>", ""));
        assertThat(builds()).isOne();
    }

    @Test
    void runsAnInstalledCopyThatHasNoSources() throws Exception {
        smelt();
        Path installed = Files.createDirectories(temporary.resolve("installed"));
        Files.move(project.resolve("smelt"), installed.resolve("smelt"));
        Files.move(project.resolve("scripts"), installed.resolve("scripts"));
        Files.createDirectories(installed.resolve("target"));
        Files.move(project.resolve("target/dist"), installed.resolve("target/dist"));
        assertThat(end(start(installed.resolve("smelt"), "x"))).isEqualTo(new Outcome(0, "<x>", ""));
        assertThat(builds()).isOne();
    }

    private Path fakeJava(String name, String version) throws IOException {
        Path java = Files.createDirectories(temporary.resolve(name));
        script(java.resolve("bin/java"), FAKE_JAVA);
        script(java.resolve("bin/javac"), FAKE_JAVA);
        write(java.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return java;
    }

    private Outcome smelt(String... arguments) throws Exception {
        return end(start(project.resolve("smelt"), arguments));
    }

    private Process start(Path launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(temporary.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Outcome end(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), out, err);
    }

    private long builds() throws IOException {
        return Files.readAllLines(home.resolve("maven-calls")).size();
    }

    private static void script(Path file, String text) throws IOException {
        write(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void write(Path file, String text) throws IOException {
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, text);
    }
}
