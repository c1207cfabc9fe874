/** Safetensors files and Hugging Face folders of them: hardened reader, config.json as metadata, writer. */
@NullMarked
package smelt.formats.safetensors;

import org.jspecify.annotations.NullMarked;
