package smelt.compiler.llvm;

/**
 * What a processor has for the operations that LLVM does not find by itself.
 *
 * @param dot how DOT_I8 is done
 * @param table how TABLE_I8 is done
 * @param tiles whether there is AMX for TILE_DOT_I8
 */
public record Instructions(Dot dot, Table table, boolean tiles) {
    /** Ways to an exact dot product of four unsigned by four signed bytes. */
    public enum Dot {
        /** Widening multiplies in LLVM's own operations. */
        PLAIN,
        /** 256-bit vpmaddubsw and vpmaddwd. */
        MADD_256,
        /** 512-bit vpmaddubsw and vpmaddwd. */
        MADD_512,
        /** 256-bit vpdpbusd (AVX-VNNI). */
        VNNI_256,
        /** 512-bit vpdpbusd. */
        VNNI_512,
        /** sdot, of operands up to 127. */
        SDOT,
        /** usdot. */
        USDOT
    }

    /** Ways to pick bytes out of sixteen. */
    public enum Table {
        /** Compare and select. */
        PLAIN,
        /** 256-bit vpshufb. */
        PSHUFB_256,
        /** 512-bit vpshufb. */
        PSHUFB_512,
        /** tbl. */
        TBL
    }
}
