package smelt.formats;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import smelt.base.DType;

/** Small models to write, read and break. */
public final class Samples {
    private Samples() {}

    public static Metadata metadata() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("general.architecture", "llama");
        values.put("llama.block_count", 2L);
        values.put("negative", -5L);
        values.put("wide", 1L << 40);
        values.put("epsilon", (double) 1e-5f);
        values.put("precise", 1e-5);
        values.put("truth", true);
        values.put("empty", List.of());
        values.put("tokenizer.ggml.tokens", List.of("<s>", "", "é", "\n"));
        values.put("tokenizer.ggml.scores", List.of(0.0, -1.5, 2.0));
        values.put("tokenizer.ggml.token_type", List.of(1L, 3L, -6L));
        values.put("longs", List.of(1L, 1L << 40));
        values.put("truths", List.of(true, false));
        return new Metadata(values);
    }

    public static List<Tensor> tensors(DType... types) {
        List<Tensor> tensors = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < types.length; i++) {
            long columns = types[i].blockElements() * 2L;
            byte[] data = new byte[(int) types[i].bytes(columns) * 3];
            random.nextBytes(data);
            tensors.add(
                    new Tensor("blk." + i + ".weight", types[i], List.of(3L, columns), MemorySegment.ofArray(data)));
        }
        return tensors;
    }
}
