/**
 * One file per model family: from a file's configuration and tensor names to a {@link smelt.graph.ModelGraph}. In come
 * names, shapes and element types (of the data only rotary factors are read); out goes a graph whose equal layers are
 * one node, and for each layer the tensors its slots are bound to. Knows no kernel and makes no difference between
 * element types.
 */
@NullMarked
package smelt.models;

import org.jspecify.annotations.NullMarked;
