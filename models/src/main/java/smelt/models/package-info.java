@NullMarked
package smelt.models;

import org.jspecify.annotations.NullMarked;
