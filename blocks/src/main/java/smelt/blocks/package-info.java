@NullMarked
package smelt.blocks;

import org.jspecify.annotations.NullMarked;
