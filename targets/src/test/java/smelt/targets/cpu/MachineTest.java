package smelt.targets.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards targets/cpu: what doctor tells about a machine is what its files say. */
class MachineTest {
    @TempDir
    Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    private Machine read() {
        return new MachineFiles(root).read();
    }

    private void fourCoresOfTwoThreads() throws IOException {
        file("proc/cpuinfo", "processor : 0\nmodel name\t: Some CPU @ 3 GHz\nflags : x");
        file("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t0-2,4-6");
        file("sys/devices/system/cpu/online", "0-7");
        for (int cpu = 0; cpu < 8; cpu++) {
            String folder = "sys/devices/system/cpu/cpu" + cpu;
            file(folder + "/topology/thread_siblings_list", cpu % 4 + "," + (cpu % 4 + 4));
            file(folder + "/cache/index0/level", "1");
            file(folder + "/cache/index0/type", "Data");
            file(folder + "/cache/index0/size", "48K");
            file(folder + "/cache/index0/shared_cpu_list", cpu % 4 + "," + (cpu % 4 + 4));
            file(folder + "/cache/index3/level", "3");
            file(folder + "/cache/index3/type", "Unified");
            file(folder + "/cache/index3/size", "32M");
            file(folder + "/cache/index3/shared_cpu_list", "0-7");
        }
        file("sys/devices/system/node/node0/x", "");
        file("sys/devices/system/node/node1/x", "");
        file("proc/meminfo", "MemTotal:       1024 kB\nMemFree: 1 kB\nMemAvailable:    512 kB");
        file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    }

    @Test
    void countsCoresOnceAndOnlyWhereAllowed() throws IOException {
        fourCoresOfTwoThreads();
        Machine machine = read();
        assertThat(machine.cpu()).isEqualTo("Some CPU @ 3 GHz");
        assertThat(machine.logicalCpus()).isEqualTo(8);
        assertThat(machine.allowedCpus()).isEqualTo(6);
        assertThat(machine.physicalCores()).isEqualTo(3);
        assertThat(machine.numaNodes()).isEqualTo(2);
        assertThat(machine.caches())
                .containsExactly(
                        new Machine.Cache(1, "data", 48 << 10, 4), new Machine.Cache(3, "unified", 32L << 20, 1));
        assertThat(machine.memoryTotal()).isEqualTo(1 << 20);
        assertThat(machine.memoryAvailable()).isEqualTo(1 << 19);
        assertThat(machine.hugePages()).contains("madvise");
        assertThat(machine.cpuQuota()).isEqualTo(OptionalDouble.empty());
        assertThat(machine.threads()).isEqualTo(3);
    }

    @Test
    void theTightestControlGroupCounts() throws IOException {
        fourCoresOfTwoThreads();
        file("proc/self/cgroup", "0::/pod/box");
        file("sys/fs/cgroup/pod/box/cpu.max", "max 100000");
        file("sys/fs/cgroup/pod/cpu.max", "250000 100000");
        file("sys/fs/cgroup/pod/box/memory.max", "1000000");
        file("sys/fs/cgroup/memory.max", "max");
        assertThat(read().cpuQuota()).isEqualTo(OptionalDouble.of(2.5));
        assertThat(read().memoryLimit()).isEqualTo(OptionalLong.of(1_000_000));
        assertThat(read().threads()).isEqualTo(2);
    }

    @Test
    void versionOneOfControlGroups() throws IOException {
        fourCoresOfTwoThreads();
        file("proc/self/cgroup", "5:memory:/a/b\n4:cpu,cpuacct:/not/here\n0::/");
        file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000");
        file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000");
        file("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "4096");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
        assertThat(read().cpuQuota()).isEqualTo(OptionalDouble.of(0.5));
        assertThat(read().threads()).isEqualTo(1);
        assertThat(read().memoryLimit()).isEqualTo(OptionalLong.of(4096));
        file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1");
        assertThat(read().cpuQuota()).isEqualTo(OptionalDouble.empty());
    }

    @Test
    void nonsenseAndNothingAreNotTold() throws IOException {
        Machine nothing = read();
        assertThat(nothing.cpu()).isEqualTo("unknown");
        assertThat(nothing.threads()).isPositive();
        assertThat(nothing.caches()).isEmpty();
        file("sys/devices/system/cpu/online", "0-99999999999,x,-,3");
        file("proc/meminfo", "MemTotal: 99999999999999999999999 kB");
        file("proc/self/cgroup", "a\n::\n0::/../../etc\n1:cpu:");
        assertThat(read().logicalCpus()).isEqualTo(1);
        assertThat(read().memoryTotal()).isZero();
    }

    @Test
    void thisMachineMakesSense() {
        Machine machine = Machine.detect();
        assertThat(machine.threads()).isBetween(1, machine.allowedCpus());
        assertThat(Machine.usualThreads()).isEqualTo(machine.threads());
        assertThat(machine.physicalCores()).isLessThanOrEqualTo(machine.logicalCpus());
        assertThat(machine.allowedCpus()).isGreaterThanOrEqualTo(1);
    }
}
