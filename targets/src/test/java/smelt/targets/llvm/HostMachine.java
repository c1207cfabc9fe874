package smelt.targets.llvm;

/** The least that smelt runs on, on the architecture that runs the tests. */
final class HostMachine {
    private HostMachine() {}

    static TargetMachine get() {
        return System.getProperty("os.arch").equals("amd64")
                ? new TargetMachine("x86_64-unknown-linux-gnu", "x86-64-v3", "+fma,+f16c")
                : new TargetMachine("aarch64-unknown-linux-gnu", "generic", "+neon");
    }
}
