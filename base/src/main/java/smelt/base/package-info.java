/**
 * What every room stands on: tensor element types, owned native memory, the option registry and failures with stable
 * codes. Imports nothing of smelt.
 */
@NullMarked
package smelt.base;

import org.jspecify.annotations.NullMarked;
