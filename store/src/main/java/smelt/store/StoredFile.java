package smelt.store;

/**
 * One file of a stored model.
 *
 * @param name relative to the model's folder, parts joined by '/'
 * @param sha256 64 lower-case hex digits
 */
public record StoredFile(String name, long bytes, String sha256) {}
