@NullMarked
package smelt.cli;

import org.jspecify.annotations.NullMarked;
