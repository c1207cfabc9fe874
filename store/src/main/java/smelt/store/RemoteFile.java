package smelt.store;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file to be downloaded.
 *
 * @param name its name in the model's folder
 * @param bytes promised length
 * @param sha256 promised digest, lower-case hex
 */
record RemoteFile(URI address, String name, OptionalLong bytes, Optional<String> sha256) {}
