package smelt.formats;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import smelt.base.Failure;
import smelt.formats.gguf.GgufHeader;
import smelt.formats.safetensors.SafetensorsHeader;

/** Whatever the bytes, a parser ends with tensors inside the file or with a Failure, and in bounded memory. */
public final class Hostile {
    private static final long ROOM = 64 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Hostile() {}

    /** True where the bytes are a GGUF file. */
    public static boolean gguf(byte[] file) {
        return check(file, (prefix, bytes) -> GgufHeader.parse(prefix, bytes).map(Hostile::readAll));
    }

    private static List<TensorInfo> readAll(GgufHeader header) {
        for (Object value : header.metadata().values().values()) {
            if (value instanceof List<?> list) {
                // In small files only: each element is made on the way.
                list.forEach(element -> assertThat(element).isNotNull());
            }
        }
        return header.tensors();
    }

    /** True where the bytes are a safetensors file. */
    public static boolean safetensors(byte[] file) {
        return check(
                file, (prefix, bytes) -> SafetensorsHeader.parse(prefix, bytes).map(SafetensorsHeader::tensors));
    }

    private static boolean check(byte[] file, BiFunction<ByteBuffer, Long, Optional<List<TensorInfo>>> parser) {
        return bounded(file.length, () -> {
            List<TensorInfo> tensors =
                    parser.apply(ByteBuffer.wrap(file), (long) file.length).orElseThrow();
            for (TensorInfo info : tensors) {
                assertThat(info.offset()).isNotNegative();
                assertThat(info.bytes()).isNotNegative();
                assertThat(info.end()).isBetween(info.offset(), (long) file.length);
            }
        });
    }

    /** True where {@code reading} of so many bytes succeeds, false where it ends with a Failure. */
    public static boolean bounded(int bytes, Runnable reading) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            reading.run();
            return true;
        } catch (Failure e) {
            assertThat(e.what()).isNotBlank();
            return false;
        } finally {
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).as("bytes allocated").isLessThan(bytes + ROOM);
        }
    }

    /** Every prefix of {@code file}, and every byte of it changed in several ways. */
    public static void forEachMutation(byte[] file, Consumer<byte[]> use) {
        for (int length = 0; length < file.length; length++) {
            use.accept(Arrays.copyOf(file, length));
        }
        for (int at = 0; at < file.length; at++) {
            for (int change : new int[] {1, 2, 0x20, 0x80, 0xFF}) {
                byte[] changed = file.clone();
                changed[at] ^= (byte) change;
                use.accept(changed);
            }
        }
    }

    /** {@code count} copies of {@code file} with integers of extreme values written anywhere, or parts moved. */
    public static void forEachRandomMutation(byte[] file, long seed, int count, Consumer<byte[]> use) {
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            byte[] changed = file.clone();
            for (int change = 0; change <= random.nextInt(3); change++) {
                mutate(changed, random);
            }
            use.accept(changed);
        }
    }

    private static void mutate(byte[] file, Random random) {
        int width = random.nextBoolean() ? 4 : 8;
        int at = random.nextInt(file.length - width);
        if (random.nextInt(4) == 0) {
            System.arraycopy(file, random.nextInt(file.length - width), file, at, width);
            return;
        }
        long value = extreme(random);
        for (int i = 0; i < width; i++) {
            file[at + i] = (byte) (value >> (8 * i));
        }
    }

    private static long extreme(Random random) {
        long power = 1L << random.nextInt(64);
        return switch (random.nextInt(4)) {
            case 0 -> power;
            case 1 -> power - 1;
            case 2 -> -power;
            default -> random.nextInt(300);
        };
    }
}
