@NullMarked
package smelt.store;

import org.jspecify.annotations.NullMarked;
