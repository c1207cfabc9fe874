package smelt.planner.catalogue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Where figures come from that do not say it themselves. */
sealed interface Origins {
    record Origin(Tier tier, String source, LocalDate date) {}

    Optional<Origin> fallback();

    /** Every figure must say it. */
    record Strict() implements Origins {
        @Override
        public Optional<Origin> fallback() {
            return Optional.empty();
        }
    }

    /** The file's owner vouches for them. */
    record OfFile(Origin origin) implements Origins {
        @Override
        public Optional<Origin> fallback() {
            return Optional.of(origin);
        }
    }

    static Origins ofFile(Path file) {
        return new OfFile(new Origin(Tier.ESTIMATE, "file " + file.getFileName(), modified(file)));
    }

    /** The day on which a file was changed. */
    static LocalDate modified(Path file) {
        try {
            return Files.getLastModifiedTime(file)
                    .toInstant()
                    .atZone(ZoneOffset.UTC)
                    .toLocalDate();
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, file + " cannot be read: " + e.getMessage())
                    .withCause(e);
        }
    }
}
