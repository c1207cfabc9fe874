package smelt.tokenizer;

import java.util.List;

/** Respells a text before it is cut. */
@FunctionalInterface
interface Normalizer {
    String apply(String text);

    static Normalizer none() {
        return text -> text;
    }

    static Normalizer sequence(List<Normalizer> stages) {
        return text -> {
            String result = text;
            for (Normalizer stage : stages) {
                result = stage.apply(result);
            }
            return result;
        };
    }
}
