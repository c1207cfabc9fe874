/**
 * Which KV blocks are whose, and which tokens' keys and values lie in them. In: sequences' token ids, and blocks that
 * they take, hold and give back ({@link smelt.engine.cache.BlockPool}); out: blocks that others have computed
 * ({@link smelt.engine.cache.PrefixTree}). A snapshot is all of it in a file
 * ({@link smelt.engine.cache.SnapshotWriter}, {@link smelt.engine.cache.SnapshotReader}). One thread owns it
 * ({@link smelt.engine.cache.BlockOwner}).
 */
@NullMarked
package smelt.engine.cache;

import org.jspecify.annotations.NullMarked;
