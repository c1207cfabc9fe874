package smelt.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.store.HubRepository.HubFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** A model of the Hugging Face hub: one GGUF file, its split parts, or a safetensors folder, at one commit. */
final class HubFetcher implements Fetcher {
    private static final int MAX_LISTING = 64 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Source.Hub source;
    private final Transport transport;
    private final Settings settings;
    private final Room room;

    HubFetcher(Source.Hub source, Transport transport, Settings settings, Room room) {
        this.source = source;
        this.transport = transport;
        this.settings = settings;
        this.room = room;
    }

    @Override
    public Fetched fetch(Path folder, Progress progress) throws IOException, InterruptedException {
        HubRepository repository = repository(progress);
        List<RemoteFile> files = repository.choose(source.file()).stream()
                .map(f -> remote(repository, f))
                .toList();
        String first = files.getFirst().name();
        boolean gguf = ModelFileNames.isGguf(first);
        if (gguf) {
            Probe.check(first, files.getFirst().address(), transport, settings, progress);
        }
        long all = files.stream().mapToLong(f -> f.bytes().orElse(0)).sum();
        room.checkMemory(all, source.text());
        room.checkDisk(folder, all - Parts.bytesBelow(folder), source.text());
        List<StoredFile> stored = download(files, all, folder, progress);
        return new Fetched(exact(repository), repository.licence(), gguf ? first : "", stored);
    }

    private List<StoredFile> download(List<RemoteFile> files, long all, Path folder, Progress progress)
            throws IOException, InterruptedException {
        boolean told = files.stream().allMatch(f -> f.bytes().isPresent());
        progress.start(source.repository(), 0, told ? OptionalLong.of(all) : OptionalLong.empty());
        try {
            List<StoredFile> stored = new ArrayList<>();
            long done = 0;
            for (RemoteFile file : files) {
                long before = done;
                StoredFile one = new Download(
                                transport, settings, file, folder, progress, have -> progress.at(before + have))
                        .run();
                stored.add(one);
                done += one.bytes();
            }
            return stored;
        } finally {
            progress.finish();
        }
    }

    private HubRepository repository(Progress progress) throws IOException, InterruptedException {
        String revision = source.revision().map(r -> "/revision/" + encoded(r)).orElse("");
        URI address = URI.create(settings.hub() + "/api/models/" + source.repository() + revision + "?blobs=true");
        Patience patience = new Patience(address, settings.firstBackoff(), progress);
        while (true) {
            try (Reply reply = transport.get(address, Map.of("Accept", "application/json"))) {
                if (reply.isWhole()) {
                    return HubRepository.of(source.repository(), JSON.readTree(body(reply)));
                }
                patience.afterStatus(reply);
            } catch (JacksonException e) {
                throw Failure.of(FailureCode.UNAVAILABLE, Addresses.shown(address) + " does not answer in JSON")
                        .withNextStep("check HF_ENDPOINT, and whether a login page of your network answers instead")
                        .withCause(e);
            } catch (IOException e) {
                patience.afterBreak(e);
            }
        }
    }

    private byte[] body(Reply reply) throws IOException {
        try (InputStream in = new StallGuard(reply.body(), settings.stall())) {
            byte[] all = in.readNBytes(MAX_LISTING + 1);
            if (all.length > MAX_LISTING) {
                throw Failure.of(
                        FailureCode.LIMIT_EXCEEDED,
                        "The list of files of " + source.repository() + " is longer than " + Sizes.text(MAX_LISTING));
            }
            return all;
        }
    }

    private RemoteFile remote(HubRepository repository, HubFile file) {
        String revision = repository.commit().or(source::revision).orElse("main");
        String path =
                Arrays.stream(file.path().split("/")).map(HubFetcher::encoded).collect(Collectors.joining("/"));
        URI address =
                URI.create(settings.hub() + "/" + source.repository() + "/resolve/" + encoded(revision) + "/" + path);
        OptionalLong bytes = file.bytes() < 0 ? OptionalLong.empty() : OptionalLong.of(file.bytes());
        return new RemoteFile(address, file.base(), bytes, file.sha256());
    }

    private String exact(HubRepository repository) {
        Optional<String> revision = repository.commit().or(source::revision);
        return new Source.Hub(source.owner(), source.repo(), source.file(), revision).text();
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
