/** Bytes on disk to named tensors and typed metadata, and back. Knows no model: names are those of the file. */
@NullMarked
package smelt.formats;

import org.jspecify.annotations.NullMarked;
