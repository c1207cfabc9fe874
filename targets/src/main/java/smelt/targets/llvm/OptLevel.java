package smelt.targets.llvm;

/** Which of LLVM's passes run before code generation. */
public enum OptLevel {
    /** No pass; instruction selection and register allocation only. For measuring and debugging. */
    NONE("always-inline"),
    /** A short list for code that is already tiled, unrolled and vectorised: tidies addresses, removes redundancy. */
    TIDY("always-inline,function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,"
            + "loop-mssa(loop-instsimplify,loop-simplifycfg,licm),gvn,"
            + "instcombine<no-verify-fixpoint>,dse,adce,simplifycfg)"),
    /** LLVM's own list of level 2, without the vectorisers. */
    FULL("default<O2>");

    private final String passes;

    OptLevel(String passes) {
        this.passes = passes;
    }

    /** In the syntax of {@code opt -passes}. */
    public String passes() {
        return passes;
    }
}
