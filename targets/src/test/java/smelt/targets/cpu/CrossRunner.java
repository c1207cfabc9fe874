package smelt.targets.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import smelt.targets.llvm.LlvmCompiler;
import smelt.targets.llvm.LlvmTestFixture;
import smelt.targets.llvm.ObjectCache;
import smelt.targets.llvm.TargetMachine;

/**
 * Runs kernels of a foreign architecture: compiles them, links them into a static program without any library, and runs
 * that under qemu-user with the buffer as standard input and output. Needs {@code qemu-aarch64}, {@code qemu-riscv64}
 * (Debian: qemu-user); the linker is lld out of LLVM's jar.
 */
public final class CrossRunner implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 60;

    /** A program that fills its buffer from standard input, calls the entry with it, and writes it out. */
    private static final String START = """
        @buffer = internal global [SIZE x i8] zeroinitializer, align 64
        declare void @ENTRY(ptr)
        define internal i64 @syscall(i64 %number, i64 %a, i64 %b, i64 %c) nounwind {
          %r = call i64 asm sideeffect SYSCALL(i64 %number, i64 %a, i64 %b, i64 %c)
          ret i64 %r
        }
        define internal void @transfer(i64 %number, i64 %file) nounwind {
        entry:
          br label %loop
        loop:
          %done = phi i64 [ 0, %entry ], [ %sum, %more ]
          %finished = icmp eq i64 %done, SIZE
          br i1 %finished, label %out, label %more
        more:
          %at = getelementptr i8, ptr @buffer, i64 %done
          %address = ptrtoint ptr %at to i64
          %left = sub i64 SIZE, %done
          %n = call i64 @syscall(i64 %number, i64 %file, i64 %address, i64 %left)
          %sum = add i64 %done, %n
          %failed = icmp sle i64 %n, 0
          br i1 %failed, label %give_up, label %loop
        give_up:
          %never = call i64 @syscall(i64 EXIT, i64 9, i64 0, i64 0)
          ret void
        out:
          ret void
        }
        define void @_start() nounwind "stackrealign" {
          call void @transfer(i64 READ, i64 0)
          call void @ENTRY(ptr @buffer)
          call void @transfer(i64 WRITE, i64 1)
          %never = call i64 @syscall(i64 EXIT, i64 0, i64 0, i64 0)
          unreachable
        }
        """;

    private final Path folder;
    private final Path linker;
    private final LlvmCompiler compiler = LlvmCompiler.load();

    private CrossRunner(Path folder) throws IOException {
        this.folder = folder;
        this.linker = LlvmTestFixture.unpackLinker(folder);
    }

    /** A runner with a folder of its own, removed on {@link #close}. */
    public static CrossRunner open() {
        try {
            return new CrossRunner(Files.createTempDirectory("smelt-cross"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Skips the calling test where this machine cannot run programs of {@code architecture}. */
    public static void assumeRunnable(Architecture architecture) {
        assumeTrue(LlvmTestFixture.hasLinker(), "LLVM's jar with lld is not on the class path");
        String program =
                command(architecture).isEmpty() ? "true" : command(architecture).getFirst();
        boolean found =
                Stream.of(System.getenv("PATH").split(":")).anyMatch(p -> Files.isExecutable(Path.of(p, program)));
        assumeTrue(found, program + " is not installed");
    }

    /**
     * A linked program.
     *
     * @param bytes length of its buffer
     */
    public record Program(Architecture architecture, Path path, int bytes) {}

    /** {@link #link} and {@link #run(Program, byte[])} of one module, for the architecture's usual machine. */
    public byte[] run(Architecture architecture, String ir, String entry, byte[] buffer) {
        return run(link(architecture, machine(architecture), List.of(ir), entry, buffer.length), buffer);
    }

    /**
     * Compiles {@code modules}, which need each other only, and {@code void entry(ptr)} of one of them is called with
     * the buffer, aligned to 64 bytes.
     *
     * @throws AssertionError where they do not link without libraries
     */
    public Program link(
            Architecture architecture, TargetMachine machine, List<String> modules, String entry, int bytes) {
        try {
            Path work = Files.createTempDirectory(folder, architecture.name().toLowerCase(Locale.ROOT));
            Path program = work.resolve("program");
            List<String> link = new ArrayList<>(List.of(linker.toString(), "-static", "-o", program.toString()));
            List<String> all = new ArrayList<>(modules);
            all.add(start(architecture, entry, bytes));
            for (byte[] code :
                    all.parallelStream().map(ir -> compile(ir, machine)).toList()) {
                Path object = Files.createTempFile(work, "module", ".o");
                Files.write(object, code);
                link.add(object.toString());
            }
            execute(link, new byte[0]);
            return new Program(architecture, program, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] compile(String ir, TargetMachine machine) {
        return ObjectCache.ofUser().getOrCompile(ir, machine, () -> compiler.compileToObject("module", ir, machine));
    }

    /**
     * What the program leaves in a copy of {@code buffer}.
     *
     * @throws AssertionError where it crashes
     */
    public byte[] run(Program program, byte[] buffer) {
        List<String> command = new ArrayList<>(command(program.architecture()));
        command.add(program.path().toString());
        try {
            byte[] result = execute(command, buffer);
            if (buffer.length != program.bytes() || result.length != buffer.length) {
                throw new AssertionError(command + " wrote " + result.length + " of " + buffer.length + " bytes");
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TargetMachine machine(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> Tier.AVX2.machine();
            case AARCH64 -> Tier.I8MM.machine();
            case RISCV64 -> Tier.RVV.machine();
        };
    }

    /** How a program of {@code architecture} is run: the emulator and its options; nothing where it is the host's. */
    private static List<String> command(Architecture architecture) {
        if (architecture == Architecture.host()) {
            return List.of();
        }
        return switch (architecture) {
            case X86_64 -> List.of("qemu-x86_64", "-cpu", "max");
            case AARCH64 -> List.of("qemu-aarch64", "-cpu", "max");
            case RISCV64 ->
                List.of("qemu-riscv64", "-cpu", "rv64,v=true,vlen=256,elen=64,vext_spec=v1.0," + zfh() + "=true");
        };
    }

    /** Release 8 of qemu renamed the property. */
    private static String zfh() {
        try {
            Process process = new ProcessBuilder("qemu-riscv64", "--version").start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher version = Pattern.compile("version (\\d+)").matcher(text);
            return version.find() && Integer.parseInt(version.group(1)) < 8 ? "Zfh" : "zfh";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String start(Architecture architecture, String entry, int size) {
        String text = START.replace("SIZE", Integer.toString(size)).replace("ENTRY", entry);
        return switch (architecture) {
            case X86_64 ->
                text.replace("SYSCALL", "\"syscall\", \"={ax},{ax},{di},{si},{dx},~{rcx},~{r11},~{memory}\"")
                        .replace("READ", "0")
                        .replace("WRITE", "1")
                        .replace("EXIT", "60");
            case AARCH64 -> generic(text, "\"svc #0\", \"={x0},{x8},{x0},{x1},{x2},~{memory}\"");
            case RISCV64 -> generic(text, "\"ecall\", \"={x10},{x17},{x10},{x11},{x12},~{memory}\"");
        };
    }

    /** The system call numbers that newer architectures of Linux share. */
    private static String generic(String text, String syscall) {
        return text.replace("SYSCALL", syscall)
                .replace("READ", "63")
                .replace("WRITE", "64")
                .replace("EXIT", "93");
    }

    private byte[] execute(List<String> command, byte[] input) throws IOException {
        Path errors = Files.createTempFile(folder, "stderr", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("LD_LIBRARY_PATH", folder.toString());
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream();
                InputStream out = process.getInputStream()) {
            Thread feeder = Thread.ofVirtual().start(() -> feed(in, input));
            byte[] result = out.readAllBytes();
            feeder.join();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + " ended with " + process.exitValue() + ": "
                        + Files.readString(errors, StandardCharsets.UTF_8));
            }
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void feed(OutputStream in, byte[] input) {
        try (in) {
            in.write(input);
        } catch (IOException e) {
            // A program that ends before it has read everything is reported by its exit code.
        }
    }

    @Override
    public void close() {
        compiler.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
