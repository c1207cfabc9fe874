@NullMarked
package smelt.engine;

import org.jspecify.annotations.NullMarked;
