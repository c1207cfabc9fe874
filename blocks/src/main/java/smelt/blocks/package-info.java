/**
 * Quantised block types, one file each: bytes of a row in; floats, or small integers with a scale per group, out - and
 * back. Stateless, and knows no file format. Layouts and rounding follow ggml (MIT, github.com/ggml-org/ggml).
 */
@NullMarked
package smelt.blocks;

import org.jspecify.annotations.NullMarked;
