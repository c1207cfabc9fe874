package smelt.tokenizer;

import java.util.ArrayList;
import java.util.List;

/** The random strings of check/oracles/tokenizer_goldens.py, made the same way. */
final class RandomTexts {
    private final List<String> fragments;
    private long state;

    private RandomTexts(long seed, List<String> fragments) {
        this.state = seed;
        this.fragments = fragments;
    }

    static List<String> of(long seed, int count, List<String> fragments) {
        RandomTexts random = new RandomTexts(seed, fragments);
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(random.text());
        }
        return texts;
    }

    private int below(int bound) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        return (int) ((state >>> 33) % bound);
    }

    private String text() {
        int items = 1 + below(24);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < items; i++) {
            text.append(item());
        }
        return text.toString();
    }

    private String item() {
        int kind = below(12);
        if (kind < 4) {
            return fragments.get(below(fragments.size()));
        }
        return Character.toString(
                switch (kind) {
                    case 4, 5 -> 0x20 + below(0x5F);
                    case 6 -> 0xA0 + below(0x560);
                    case 7 -> ' ';
                    case 8 -> 0x900 + below(0xC800);
                    case 9 -> 0x1F300 + below(0x3B0);
                    case 10 -> 0xF900 + below(0x700);
                    default -> 0x10000 + below(0x20000);
                });
    }
}
