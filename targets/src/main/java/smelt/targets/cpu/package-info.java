/**
 * The CPU this process runs on: what it has (cores, caches, memory, instruction sets), what it reaches (measured
 * limits), and the threads that run compiled steps on it. Files of procfs and sysfs and addresses of compiled functions
 * come in; tiers, machine descriptions and finished steps go out.
 */
@NullMarked
package smelt.targets.cpu;

import org.jspecify.annotations.NullMarked;
