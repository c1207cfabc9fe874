@NullMarked
package smelt.graph;

import org.jspecify.annotations.NullMarked;
