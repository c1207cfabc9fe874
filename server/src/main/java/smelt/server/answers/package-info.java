/**
 * What an answer may look like, and how its text is read: thoughts, calls of tools, content. In: tools and schemas of a
 * request, the model's own chat template, then the text as it is made. Out: the prompt, a grammar, and the
 * {@link smelt.server.answers.Part}s of the answer, whatever the protocol.
 */
@NullMarked
package smelt.server.answers;

import org.jspecify.annotations.NullMarked;
