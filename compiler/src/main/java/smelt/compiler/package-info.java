@NullMarked
package smelt.compiler;

import org.jspecify.annotations.NullMarked;
