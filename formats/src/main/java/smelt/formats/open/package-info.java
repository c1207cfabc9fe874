/** The one way in: a path to an open model, whichever format it has. */
@NullMarked
package smelt.formats.open;

import org.jspecify.annotations.NullMarked;
