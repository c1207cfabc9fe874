/**
 * The model store: a name, address or path comes in; a model on the local disk goes out, downloaded where it is
 * missing. Every download is resumable where its server allows it, checked against the promised checksum, and appears
 * under its final name only when it is whole. Knows nothing of what is inside a model.
 */
@NullMarked
package smelt.store;

import org.jspecify.annotations.NullMarked;
