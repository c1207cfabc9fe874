/**
 * Text to token ids and back: byte-level BPE, SentencePiece and WordPiece, from GGUF metadata or the files of a Hugging
 * Face folder. In go a model's own vocabulary and any text; out come ids, bytes and text, and the model's chat template
 * as it stands. Rendering templates is {@code smelt.tokenizer.jinja}.
 */
@NullMarked
package smelt.tokenizer;

import org.jspecify.annotations.NullMarked;
