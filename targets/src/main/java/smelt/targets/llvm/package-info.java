/**
 * LLVM through its C interface and the foreign function API. LLVM IR text and a machine description come in; object
 * code (kept in a cache on disk), assembly text, and functions linked into this process go out. Nothing here knows what
 * the code computes.
 */
@NullMarked
package smelt.targets.llvm;

import org.jspecify.annotations.NullMarked;
