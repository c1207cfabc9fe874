/**
 * What every room stands on: tensor element types, owned native memory, the option registry, failures with stable
 * codes, the distance of names. Imports nothing of smelt.
 */
@NullMarked
package smelt.base;

import org.jspecify.annotations.NullMarked;
