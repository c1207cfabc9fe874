@NullMarked
package smelt.targets;

import org.jspecify.annotations.NullMarked;
