/** GGUF, versions 2 and 3, little endian: hardened header parser, reader of one file or a split set, writer. */
@NullMarked
package smelt.formats.gguf;

import org.jspecify.annotations.NullMarked;
