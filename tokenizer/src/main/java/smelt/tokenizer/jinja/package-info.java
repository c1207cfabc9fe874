/**
 * Chat templates: an interpreter of the Jinja2 language as the transformers library sets it up (trimmed blocks, loop
 * controls, the generation tag, its own {@code tojson}). In comes a template's text, messages and variables; out goes
 * the prompt, byte-equal to the Python original, or a {@link smelt.base.Failure} with a line number. Rendering is
 * bounded in steps, nesting, output and intermediate memory, so that a hostile template only ends its own call.
 *
 * <p>Source text becomes tokens ({@code Lexer}), statements and expressions ({@code Parser}, {@code ExpressionParser}),
 * and text ({@code Interpreter}, {@code Evaluator}). Values are Java's String, Long, Double, Boolean, List and Map,
 * plus the few kinds below that Python has and Java has not.
 */
@NullMarked
package smelt.tokenizer.jinja;

import org.jspecify.annotations.NullMarked;
