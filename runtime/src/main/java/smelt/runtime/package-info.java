@NullMarked
package smelt.runtime;

import org.jspecify.annotations.NullMarked;
