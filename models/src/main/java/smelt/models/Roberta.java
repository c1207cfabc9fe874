package smelt.models;

import java.util.List;
import java.util.Map;
import smelt.graph.ModelGraph;

/**
 * RoBERTa and XLM-RoBERTa: BERT with another vocabulary, whose positions begin behind the padding's. In GGUF they are
 * of BERT's architecture, without the rows that no position uses.
 */
final class Roberta implements Family {
    @Override
    public String name() {
        return "roberta";
    }

    @Override
    public List<String> architectures() {
        return List.of("roberta", "xlm-roberta");
    }

    @Override
    public WeightNames names() {
        return new Bert().names().and("""
                cls         classifier.dense
                cls.output  classifier.out_proj
                """).alias("roberta.", "");
    }

    @Override
    public Map<String, Object> defaults() {
        return Map.of("layer_norm_eps", 1e-12, "pad_token_id", 1L);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        return Bert.build(file, name(), file.config().countOrZero("", "pad_token_id") + 1);
    }
}
