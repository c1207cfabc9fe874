package smelt.targets.llvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards targets/llvm: what the object cache returns is what was compiled, whatever happened to its files. */
class ObjectCacheTest {
    private static final TargetMachine MACHINE = HostMachine.get();

    @TempDir
    Path folder;

    private final AtomicInteger compiled = new AtomicInteger();

    private byte[] get(ObjectCache cache, String ir) {
        return cache.getOrCompile(ir, MACHINE, () -> {
            compiled.incrementAndGet();
            return ir.getBytes(StandardCharsets.UTF_8);
        });
    }

    private List<Path> entries() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void compilesOnceAndTellsKeysApart() throws IOException {
        ObjectCache cache = ObjectCache.at(folder, 1 << 20);
        assertThat(get(cache, "a")).asString().isEqualTo("a");
        assertThat(get(ObjectCache.at(folder, 1 << 20), "a")).asString().isEqualTo("a");
        assertThat(compiled).hasValue(1);
        get(cache, "b");
        cache.getOrCompile("a", new TargetMachine("t", "c", "f"), () -> new byte[1]);
        cache.getOrCompile("a", new TargetMachine("t", "cf", ""), () -> new byte[1]);
        cache.getOrCompile("a", MACHINE, OptLevel.FULL, () -> new byte[1]);
        assertThat(entries()).hasSize(5);
    }

    @Test
    void whatAKilledProcessLeftGoes() throws IOException {
        Path left = Files.write(folder.resolve("object1.part"), new byte[10]);
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(3600)));
        Path ofAnother = Files.write(folder.resolve("object2.part"), new byte[10]);
        get(ObjectCache.at(folder, 1 << 20), "a");
        assertThat(left).doesNotExist();
        assertThat(ofAnother).exists();
    }

    @Test
    void everyDamagedByteOrCutIsNoticed() throws IOException {
        ObjectCache cache = ObjectCache.at(folder, 1 << 20);
        get(cache, "abc");
        Path entry = entries().getFirst();
        byte[] whole = Files.readAllBytes(entry);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            Files.write(entry, damaged);
            assertThat(get(cache, "abc")).asString().isEqualTo("abc");
            Files.write(entry, java.util.Arrays.copyOf(whole, i));
            assertThat(get(cache, "abc")).asString().isEqualTo("abc");
        }
        assertThat(compiled).hasValue(1 + 2 * whole.length);
        assertThat(Files.readAllBytes(entry)).isEqualTo(whole);
    }

    @Test
    void theEntryUsedLongestAgoGoesFirst() throws IOException {
        ObjectCache cache = ObjectCache.at(folder, 250);
        get(cache, "a".repeat(60));
        Path first = entries().getFirst();
        get(cache, "b".repeat(60));
        for (Path entry : entries()) {
            Instant used = Instant.now().minusSeconds(entry.equals(first) ? 100 : 200);
            Files.setLastModifiedTime(entry, FileTime.from(used));
        }
        get(cache, "c".repeat(60));
        assertThat(entries()).hasSize(2).contains(first);
    }

    @Test
    void aFolderThatCannotBeWrittenCostsOnlyTime() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        ObjectCache cache = ObjectCache.at(file.resolve("below"), 1 << 20);
        assertThat(get(cache, "a")).asString().isEqualTo("a");
        assertThat(get(cache, "a")).asString().isEqualTo("a");
        assertThat(compiled).hasValue(2);
    }
}
