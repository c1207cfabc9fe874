package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import smelt.base.NativeMemory;
import smelt.cli.Main;
import smelt.compiler.CacheType;
import smelt.engine.EventStream;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.hosting.ModelFileLoader;

/** Guards the whole: nothing that a process holds grows, however long it serves and whatever is asked. */
@Execution(ExecutionMode.SAME_THREAD)
class SoakTest {
    private static final double MINUTES = Double.parseDouble(System.getProperty("smelt.soakMinutes", "2"));

    @TempDir
    Path folder;

    /** In a process of its own, with the flags of {@code ./smelt}. */
    @Test
    void servingHoldsNoMoreInTheEndThanAfterTheWarmUp() throws Exception {
        Path file = folder.resolve("model.gguf");
        TrainingModel.write(file);
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xmn16m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "bench",
                file.toString(),
                "--soak",
                String.format(Locale.ROOT, "%.2f", MINUTES),
                "--threads",
                "2"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor((long) (MINUTES * 60) + 60, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        System.out.println(text);
        assertThat(ended).as(text).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        assertThat(text).contains("It holds");
    }

    @Test
    void modelsThatAreUnloadedLeaveNothing() throws Exception {
        load(10);
        long bytes = NativeMemory.allocatedBytes();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        long files = openFiles().orElse(0L);
        load(30);
        assertThat(NativeMemory.allocatedBytes()).isEqualTo(bytes);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads);
        assertThat(openFiles().orElse(0L)).isLessThanOrEqualTo(files);
    }

    private static Optional<Long> openFiles() throws Exception {
        Path open = Path.of("/proc/self/fd");
        if (!Files.isDirectory(open)) {
            return Optional.empty();
        }
        try (var files = Files.list(open)) {
            return Optional.of(files.count());
        }
    }

    private static void load(int times) throws InterruptedException {
        var choices = new ModelFileLoader.Choices(128, 2, Optional.empty(), CacheType.F16, Settings.DEFAULT);
        for (int i = 0; i < times; i++) {
            String name = List.of("llama", "gemma3", "qwen2").get(i % 3);
            try (var prepared = new ModelFileLoader(TinyModel.FOLDER::resolve, choices).prepare(name);
                    LoadedModel model = prepared.load()) {
                var stream = new EventStream();
                model.engine().submit(Request.of(1, 2, 3).withMaxTokens(5), stream);
                stream.completion();
            }
        }
    }
}
