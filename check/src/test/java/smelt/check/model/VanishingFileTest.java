package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;
import smelt.engine.Completion;
import smelt.engine.Engine;
import smelt.engine.EventStream;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.hosting.ModelFileLoader;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.targets.cpu.CpuTarget;

/** Guards the whole: a model whose file goes while it is in use. */
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(120)
class VanishingFileTest {
    private static final int CONTEXT = 256;

    @TempDir
    Path folder;

    private Path written() {
        Path file = folder.resolve("model.gguf");
        TrainingModel.write(file);
        return file;
    }

    private static LoadedModel load(Path file) {
        var choices = new ModelFileLoader.Choices(CONTEXT, 2, Optional.empty(), CacheType.F16, Settings.DEFAULT);
        try (var prepared = new ModelFileLoader(name -> file, choices).prepare("model")) {
            return prepared.load();
        }
    }

    private static Request request(Engine engine, int seed) {
        int[] prompt = new Random(seed).ints(100, 0, engine.vocabulary()).toArray();
        return Request.of(prompt).withMaxTokens(20).withPromptLogProbs(1);
    }

    private static Completion answer(Engine engine, int seed) throws InterruptedException {
        var stream = new EventStream();
        engine.submit(request(engine, seed), stream);
        return stream.completion();
    }

    private static void cut(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(4096);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneThatIsRemovedOrReplacedStaysAsItWas() throws Exception {
        Path file = written();
        try (LoadedModel model = load(file)) {
            Completion before = answer(model.engine(), 1);
            Path other = Files.write(folder.resolve("other"), new byte[100]);
            Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
            assertThat(answer(model.engine(), 1).events()).isEqualTo(before.events());
            Files.delete(file);
            assertThat(answer(model.engine(), 1).events()).isEqualTo(before.events());
        }
    }

    @Test
    void oneThatIsCutShortMakesRequestsFailAndEndsNothingElse() throws Exception {
        Path file = written();
        try (LoadedModel model = load(file)) {
            Engine engine = model.engine();
            answer(engine, 1);
            cut(file);
            for (int round = 0; round < 3; round++) {
                List<EventStream> streams =
                        Stream.generate(EventStream::new).limit(3).toList();
                engine.submit(request(engine, 2), streams);
                for (EventStream stream : streams) {
                    Failure failure = catchThrowableOfType(Failure.class, stream::completion);
                    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
                    assertThat(failure.what()).contains(file.toString(), "4096");
                }
            }
            assertThatThrownBy(() -> engine.save(folder.resolve("cache"), (done, total) -> {}))
                    .isInstanceOfSatisfying(
                            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.CORRUPT));
            assertThat(engine.metrics().blocksUsed()).isZero();
        }
    }

    /** The file of a model that never tells that it became shorter: what is read then is a fault of memory. */
    private record Silent(ModelFile file) implements ModelFile {
        @Override
        public Format format() {
            return file.format();
        }

        @Override
        public Metadata metadata() {
            return file.metadata();
        }

        @Override
        public Map<String, Tensor> tensors() {
            return file.tensors();
        }

        @Override
        public long bytes() {
            return file.bytes();
        }

        @Override
        public void close() {
            file.close();
        }
    }

    @Test
    void oneThatIsCutShortBetweenLookAndReadEndsNothingElse() throws Exception {
        Path path = written();
        try (ModelFile file = new Silent(ModelFiles.open(path))) {
            ModelGraph graph = Models.build(file, new Models.Options(CONTEXT));
            Model model = Model.load(file, graph, new LoadOptions(CONTEXT, CONTEXT, 2), CpuTarget.start(2));
            try (var engine = new Engine(model, null, Settings.DEFAULT)) {
                for (int round = 0; round < 200; round++) { // so that it is compiled code that meets the fault
                    answer(engine, round);
                }
                cut(path);
                for (int round = 0; round < 20; round++) {
                    Failure failure = catchThrowableOfType(Failure.class, () -> answer(engine, 7));
                    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
                    assertThat(failure.what()).contains("could not be read");
                }
                assertThatThrownBy(() -> engine.save(folder.resolve("cache"), (done, total) -> {}))
                        .isInstanceOfSatisfying(
                                Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.CORRUPT));
                assertThat(engine.metrics().blocksUsed()).isZero();
            }
        }
    }
}
