package smelt.formats;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Guards formats: replays the seeds beside it; fuzzes when JAZZER_FUZZ=1 is set. */
class HeaderFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void gguf(byte[] file) {
        Hostile.gguf(file);
    }

    @FuzzTest(maxDuration = "2m")
    void safetensors(byte[] file) {
        Hostile.safetensors(file);
    }
}
