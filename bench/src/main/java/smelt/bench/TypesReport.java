package smelt.bench;

import java.util.List;
import java.util.Optional;

/**
 * How fast products with each block type are.
 *
 * @param size rows, and columns, of each matrix
 * @param prefillRows rows of activations in prefill; decode has one
 * @param rounds in which types took turns
 * @param memoryReadGbPerSecond sweeps of memory, one a round, on as many threads
 * @param seconds that everything took
 */
public record TypesReport(
        String cpu,
        String tier,
        int threads,
        int size,
        int prefillRows,
        int rounds,
        Spread memoryReadGbPerSecond,
        List<Row> types,
        double seconds) {
    public TypesReport {
        types = List.copyOf(types);
    }

    /**
     * One type.
     *
     * @param bits of a weight as in a file, all of a block counted
     * @param packedBits of a weight as packed, which is what memory must give
     * @param decode 10^9 packed bytes a second, with one row
     * @param fileGbPerSecond the median of the same as bytes of a file
     * @param ofFastest the median of decode, as a share of the fastest type's
     * @param fileOfFastest the same for bytes of a file
     * @param ofBandwidth decode as a share of the sweep of the same round
     * @param prefill 10^9 multiplications, each with its addition, a second; empty where no time was left
     * @param prefillOfFastest as a share of the fastest type's
     */
    public record Row(
            String type,
            double bits,
            double packedBits,
            Spread decode,
            double fileGbPerSecond,
            double ofFastest,
            double fileOfFastest,
            Spread ofBandwidth,
            Optional<Spread> prefill,
            Optional<Double> prefillOfFastest) {}
}
