package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Guards bench: resident memory is read as Linux writes it. */
class ResidentMemoryTest {
    @Test
    void readsWhatLinuxWrites() {
        String status =
                "Name:\tjava\nVmHWM:\t  9000 kB\nVmRSS:\t    2048 kB\nRssAnon:\t    1024 kB\nRssFile:\t   512 kB\n";
        assertThat(ResidentMemory.parse(status)).contains(new ResidentMemory(2048 << 10, 512 << 10));
        assertThat(ResidentMemory.parse("Name: java\n")).isEmpty();
    }
}
