package smelt.targets.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Guards targets/cpu: what doctor tells about huge pages is what the system gave. */
class HugePagesTest {
    private static final List<String> SMAPS = List.of(
            "7f0000000000-7f0002200000 rw-p 00000000 00:00 0 ",
            "Size:              34816 kB",
            "Rss:               32768 kB",
            "AnonHugePages:     24576 kB",
            "VmFlags: rd wr mr mw me ac sd hg",
            "ffff800000000000-ffff800000001000 rw-p 00000000 00:00 0 ",
            "Rss:                   4 kB",
            "AnonHugePages:         0 kB");

    @Test
    void readsTheMappingThatHoldsTheMemory() {
        assertThat(HugePages.share(SMAPS, 0x7f0000200000L)).isEqualTo(OptionalDouble.of(0.75));
        assertThat(HugePages.share(SMAPS, 0xffff800000000000L)).isEqualTo(OptionalDouble.of(0));
        assertThat(HugePages.share(SMAPS, 0x7f0002200000L)).isEmpty();
        assertThat(HugePages.share(List.of("", "Rss: x kB", "-", "0-zz rw"), 0)).isEmpty();
    }

    @Test
    void thisMachineTellsAShareOrNothing() {
        HugePages.granted().ifPresent(share -> assertThat(share).isCloseTo(0.5, within(0.5)));
    }
}
