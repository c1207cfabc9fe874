package smelt.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.NativeMemory;

/** Guards formats and base: a mapped file can leave memory, and nothing of it is lost. */
class MappedFileTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int BYTES = 64 << 20;

    @TempDir
    private Path folder;

    @Test
    void releasedPagesComeBack() throws IOException {
        assumeTrue(Files.exists(STATUS), "only Linux tells what is resident");
        byte[] bytes = new byte[BYTES];
        new Random(20261122).nextBytes(bytes);
        Path path = Files.write(folder.resolve("file"), bytes);
        try (MappedFile file = MappedFile.open(path)) {
            assertThat(file.segment().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
            long before = residentKib();
            NativeMemory.release(file.segment());
            assertThat(before - residentKib()).isGreaterThan(BYTES / 2 / 1024);
            assertThat(file.segment().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
        }
    }

    @Test
    void otherMemoryStays() {
        byte[] heap = {1, 2, 3};
        NativeMemory.release(MemorySegment.ofArray(heap));
        assertThat(heap).containsExactly(1, 2, 3);
        try (NativeMemory memory = NativeMemory.allocate(4 << 20, "a test")) {
            memory.segment().fill((byte) 7);
            NativeMemory.release(memory.segment());
            assertThat(memory.segment().get(ValueLayout.JAVA_BYTE, 1 << 20)).isEqualTo((byte) 7);
        }
    }

    private static long residentKib() throws IOException {
        String line = Files.readAllLines(STATUS).stream()
                .filter(l -> l.startsWith("RssFile:"))
                .findAny()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
