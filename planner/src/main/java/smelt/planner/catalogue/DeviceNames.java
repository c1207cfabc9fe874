package smelt.planner.catalogue;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** How names of devices are compared. */
final class DeviceNames {
    private static final Set<String> NOISE =
            Set.of("nvidia", "geforce", "amd", "instinct", "intel", "apple", "google", "aws", "tesla", "gpu");

    private DeviceNames() {}

    /** A name without case, punctuation and the maker's name. */
    static String key(String name) {
        String clipped = name.length() <= 200 ? name : name.substring(0, 200);
        String[] words = clipped.toLowerCase(Locale.ROOT).split("[^a-z0-9+]+");
        String key = Arrays.stream(words).filter(word -> !NOISE.contains(word)).collect(Collectors.joining());
        return key.isEmpty() ? String.join("", words) : key;
    }
}
