/**
 * The models of a process. In: names; out: leases of {@linkplain smelt.engine.LoadedModel loaded models}
 * ({@link smelt.engine.hosting.ModelHost} over {@link smelt.engine.hosting.ModelFileLoader}), their memory planned
 * before it is taken.
 */
@NullMarked
package smelt.engine.hosting;

import org.jspecify.annotations.NullMarked;
