package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.formats.Hostile;

/** Guards every room against damaged models: an answer or a complaint with a code, in bounded memory. */
class HostileFilesTest {
    private static final long SEED = Long.getLong("smelt.seed", 20261122);
    private static final int MUTATIONS = 150;
    private static final int TRUNCATIONS = 25;
    private static final long ROOM_KIB = 64 << 10;
    /** INTERNAL would be a defect of ours. */
    private static final String CODE = "smelt: .*\\[(?!internal)[a-z-]+\\]";

    @TempDir
    private Path folder;

    @Test
    void damagedFilesAreRefusedInBoundedMemory() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/clear_refs")), "only Linux tells a process's peak");
        Path whole = folder.resolve("whole.gguf");
        TrainingModel.write(whole);
        byte[] bytes = Files.readAllBytes(whole);
        List<Path> files = new ArrayList<>(List.of(whole));
        for (int i = 0; i < TRUNCATIONS; i++) {
            files.add(write("short" + i, Arrays.copyOf(bytes, (int) ((long) bytes.length * i / TRUNCATIONS))));
        }
        byte[] header = Arrays.copyOf(bytes, bytes.length / 8);
        Hostile.forEachRandomMutation(header, SEED, MUTATIONS, changed -> {
            byte[] file = bytes.clone();
            System.arraycopy(changed, 0, file, 0, changed.length);
            files.add(write("changed" + files.size(), file));
        });
        List<String> lines = run(files);
        System.out.println("seed " + SEED + "\n" + String.join("\n", lines));
        assertThat(lines).hasSameSizeAs(files);
        assertThat(lines.getFirst().split("\t")[1]).as(lines.getFirst()).isEqualTo("0");
        for (String line : lines.subList(1, lines.size())) {
            check(line.split("\t", -1), bytes.length / 1024);
        }
    }

    private static void check(String[] line, long fileKib) {
        String report = String.join(" ", line);
        assertThat(line[1]).as(report).isIn("0", "1");
        assertThat(Long.parseLong(line[2])).as(report).isLessThan(ROOM_KIB + fileKib);
        if (line[1].equals("1")) {
            assertThat(line[3]).as(report).containsPattern(CODE);
        }
    }

    private Path write(String name, byte[] bytes) {
        try {
            return Files.write(folder.resolve(name + ".gguf"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> run(List<Path> files) throws Exception {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                HostileFiles.class.getName()));
        files.forEach(file -> command.add(file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(180, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(ended).as(text).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        return text.lines().toList();
    }
}
