package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;
import smelt.engine.Completion;
import smelt.engine.Engine;
import smelt.engine.EventStream;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.cache.SnapshotProgress;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.targets.Target;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.reference.ReferenceTarget;

/** Guards runtime/ and engine/: a prefix cache from a file leads to the bits that it would have led to in memory. */
@Execution(ExecutionMode.SAME_THREAD)
class SnapshotModelsTest {
    private static final int CONTEXT = 128;
    private static final SnapshotProgress QUIET = (done, total) -> {};

    @TempDir
    Path folder;

    /** With the file that the model reads its embeddings from. */
    private record Open(Engine engine, ModelFile file) implements AutoCloseable {
        static Open of(String name, DType type, Target target) {
            return of(name, type, CacheType.F16, target);
        }

        static Open of(String name, DType type, CacheType cache, Target target) {
            ModelFile file = new RecodedFile(ModelFiles.open(TinyModel.FOLDER.resolve(name)), type);
            ModelGraph graph = Models.build(file, new Models.Options(CONTEXT));
            LoadOptions options = new LoadOptions(CONTEXT, CONTEXT, target.threads(), cache);
            Model model = Model.load(file, graph, options, target);
            return new Open(new Engine(model, null, Settings.DEFAULT), file);
        }

        Completion answer() throws InterruptedException {
            int[] prompt = new Random(7).ints(80, 0, engine.vocabulary()).toArray();
            var stream = new EventStream();
            engine.submit(Request.of(prompt).withMaxTokens(20).withLogProbs(3), stream);
            return stream.completion();
        }

        @Override
        public void close() {
            try (file) {
                engine.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"llama,F16", "qwen3,F16", "gemma3,F16", "phi3-longrope,F16", "skywork,F16", "llama,Q8", "gemma3,Q8"})
    void answersAreTheSameOnOtherThreadsAndTargets(String name, CacheType cache) throws Exception {
        Path file = folder.resolve("cache");
        Completion expected;
        try (Open first = Open.of(name, DType.Q8_0, cache, CpuTarget.start(1))) {
            expected = first.answer();
            assertThat(first.engine().save(file, QUIET)).isEqualTo(96);
        }
        for (Target target : List.of(CpuTarget.start(2), new ReferenceTarget(1))) {
            try (Open next = Open.of(name, DType.Q8_0, cache, target)) {
                assertThat(next.engine().restore(file, QUIET)).isEqualTo(96);
                Completion found = next.answer();
                assertThat(found.events()).isEqualTo(expected.events());
                assertThat(found.usage().cachedTokens()).isEqualTo(64);
            }
        }
    }

    @Test
    void otherWeightsRefuse() throws Exception {
        Path file = folder.resolve("cache");
        try (Open first = Open.of("llama", DType.Q8_0, CpuTarget.start(1))) {
            first.answer();
            first.engine().save(file, QUIET);
        }
        refuses(file, Open.of("llama", DType.Q4_0, CpuTarget.start(1)), "weights and graph");
        refuses(file, Open.of("llama", DType.Q8_0, CacheType.Q8, CpuTarget.start(1)), "KV blocks");
        refuses(file, Open.of("llama", DType.F32, CpuTarget.start(1)), "KV blocks");
        refuses(file, Open.of("qwen3", DType.Q8_0, CpuTarget.start(1)), "KV blocks");
    }

    private static void refuses(Path file, Open model, String what) {
        try (model) {
            assertThatThrownBy(() -> model.engine().restore(file, QUIET)).isInstanceOfSatisfying(Failure.class, f -> {
                assertThat(f.code()).isEqualTo(FailureCode.UNSUPPORTED);
                assertThat(f.what()).contains(what);
            });
        }
    }

    /** An infinity would spread, by way of a block that is used again, to sequences that never asked for it. */
    @ParameterizedTest
    @ValueSource(strings = {"Q8_0", "F32"})
    void infinitiesRefuse(String type) throws Exception {
        Path file = folder.resolve("cache");
        try (Open first = Open.of("llama", DType.valueOf(type), CpuTarget.start(1))) {
            first.answer();
            first.engine().save(file, QUIET);
        }
        int record = (int) ((Files.size(file) - 1024) / 3);
        byte[] bytes = new byte[record];
        try (var access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(1024 + 2L * record);
            access.readFully(bytes);
            ByteBuffer last = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            last.putInt(record - 12, type.equals("F32") ? 0xFF80_0000 : 0x7C01_0000);
            CRC32C checksum = new CRC32C();
            checksum.update(bytes, 0, record - 4);
            last.putInt(record - 4, (int) checksum.getValue());
            access.seek(1024 + 2L * record);
            access.write(bytes);
        }
        try (Open next = Open.of("llama", DType.valueOf(type), CpuTarget.start(1))) {
            assertThatThrownBy(() -> next.engine().restore(file, QUIET))
                    .isInstanceOfSatisfying(
                            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.MALFORMED));
            next.answer();
        }
    }
}
