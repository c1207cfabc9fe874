package smelt.store;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses of the hub's own pages and files, as copied from a browser. */
final class HubPages {
    private static final Pattern FILE =
            Pattern.compile("/([\\w.-]+)/([\\w.-]+)/(?:resolve|blob)/([\\w.-]+)/([\\w./+-]+)");
    private static final Pattern REPOSITORY = Pattern.compile("/([\\w.-]+)/([\\w.-]+)/?");

    private HubPages() {}

    static Optional<Source.Hub> recognise(URI address) {
        if (!address.getHost().equals("huggingface.co") && !address.getHost().equals("hf.co")) {
            return Optional.empty();
        }
        Matcher file = FILE.matcher(address.getRawPath());
        if (file.matches()) {
            Optional<String> revision = Optional.of(file.group(3)).filter(r -> !r.equals("main"));
            return Optional.of(new Source.Hub(file.group(1), file.group(2), Optional.of(file.group(4)), revision));
        }
        Matcher repository = REPOSITORY.matcher(address.getRawPath());
        return repository.matches()
                ? Optional.of(
                        new Source.Hub(repository.group(1), repository.group(2), Optional.empty(), Optional.empty()))
                : Optional.empty();
    }
}
