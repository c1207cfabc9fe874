@NullMarked
package smelt.tokenizer;

import org.jspecify.annotations.NullMarked;
