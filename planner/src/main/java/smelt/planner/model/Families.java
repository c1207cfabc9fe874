package smelt.planner.model;

import static java.util.Map.entry;
import static smelt.planner.model.Trait.*;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Names;
import smelt.planner.catalogue.NearestNames;

/** The families whose configs are understood, by {@code model_type}. */
final class Families {
    private static final Map<String, Set<Trait>> TRAITS = Map.ofEntries(
            family("llama", BIAS_BY_KEY, MLP_BIAS_BY_KEY),
            family("skywork"),
            family("smollm3", TIED, BIAS_BY_KEY, MLP_BIAS_BY_KEY),
            family("granite", BIAS_BY_KEY, MLP_BIAS_BY_KEY),
            family("ernie4_5", TIED, BIAS_BY_KEY, MLP_BIAS_BY_KEY),
            family("internlm2", BIAS_BY_KEY),
            family("internlm3", BIAS_BY_KEY),
            family("baichuan"),
            family("seed_oss", QKV_BIAS_BY_KEY),
            family("mistral", WINDOW),
            family("ministral", WINDOW),
            family("ministral3", WINDOW),
            family("mixtral", WINDOW, EXPERTS),
            family("qwen2", QKV_BIAS, WINDOW_BY_KEY),
            family("qwen2_vl", QKV_BIAS, WINDOW_BY_KEY),
            family("qwen2_5_vl", QKV_BIAS, WINDOW_BY_KEY),
            family("qwen2_5_vl_text", QKV_BIAS, WINDOW_BY_KEY),
            family("qwen2_moe", QKV_BIAS, WINDOW_BY_KEY, EXPERTS, SHARED_GATE),
            family("qwen3", HEAD_NORM, BIAS_BY_KEY, WINDOW_BY_KEY),
            family("qwen3_vl_text", HEAD_NORM, BIAS_BY_KEY),
            family("qwen3_moe", HEAD_NORM, BIAS_BY_KEY, WINDOW_BY_KEY, EXPERTS),
            family("qwen3_vl_moe_text", HEAD_NORM, BIAS_BY_KEY, EXPERTS),
            family("qwen3_next", DELTA, HEAD_NORM, BIAS_BY_KEY, EXPERTS, SHARED_GATE),
            family("qwen3_5_text", DELTA, HEAD_NORM, BIAS_BY_KEY),
            family("qwen3_5_moe_text", DELTA, HEAD_NORM, BIAS_BY_KEY, EXPERTS, SHARED_GATE),
            family("gemma", TIED, BIAS_BY_KEY),
            family("gemma2", TIED, BIAS_BY_KEY, FOUR_NORMS, WINDOW_OF_TWO),
            family("gemma3_text", TIED, BIAS_BY_KEY, FOUR_NORMS, HEAD_NORM, WINDOW_OF_SIX),
            family("phi", ALL_BIAS, MLP_BIAS, UNGATED, ONE_NORM, NORM_BIAS, HEAD_BIAS),
            family("phi3", WINDOW),
            family("phimoe", BIAS_BY_KEY, NORM_BIAS, HEAD_BIAS, WINDOW, EXPERTS),
            family("granitemoe", BIAS_BY_KEY, EXPERTS),
            family("granitemoeshared", BIAS_BY_KEY, EXPERTS),
            family("granitemoehybrid", MAMBA, BIAS_BY_KEY, EXPERTS),
            family("olmo2", BIAS_BY_KEY, FULL_NORM),
            family("olmo3", BIAS_BY_KEY, FULL_NORM, WINDOW_OF_FOUR),
            family("olmoe", BIAS_BY_KEY, FULL_NORM, EXPERTS),
            family("deepseek_v2", LATENT, EXPERTS),
            family("deepseek_v3", LATENT, EXPERTS, CORRECTION_BIAS),
            family("deepseek_v32", LATENT, EXPERTS, CORRECTION_BIAS),
            family("kimi_k2", LATENT, EXPERTS, CORRECTION_BIAS),
            family("kimi_k25", LATENT, EXPERTS, CORRECTION_BIAS),
            family("glm", QKV_BIAS_BY_KEY),
            family("glm4", QKV_BIAS_BY_KEY, FOUR_NORMS),
            family("glm4_moe", QKV_BIAS_BY_KEY, HEAD_NORM_BY_KEY, EXPERTS, CORRECTION_BIAS),
            family("glm4v_moe_text", QKV_BIAS_BY_KEY, HEAD_NORM_BY_KEY, EXPERTS, CORRECTION_BIAS),
            family("glm4_moe_lite", LATENT, EXPERTS, CORRECTION_BIAS),
            family("glm_moe_dsa", LATENT, EXPERTS, CORRECTION_BIAS),
            family("dots1", HEAD_NORM, BIAS_BY_KEY, EXPERTS, CORRECTION_BIAS),
            family("minimax_m2", FULL_NORM, EXPERTS, CORRECTION_BIAS),
            family("ernie4_5_moe", TIED, BIAS_BY_KEY, EXPERTS, CORRECTION_BIAS),
            family("gpt_oss", ALL_BIAS, EXPERTS, EXPERT_BIAS_AND_SINKS, WINDOW_OF_TWO),
            family("llama4_text", BIAS_BY_KEY, EXPERTS),
            family("cohere", TIED, BIAS_BY_KEY, ONE_NORM),
            family("cohere2", TIED, BIAS_BY_KEY, ONE_NORM, WINDOW_OF_FOUR),
            family("starcoder2", TIED, BIAS_BY_KEY, MLP_BIAS_BY_KEY, UNGATED, NORM_BIAS, WINDOW),
            family("gpt2", TIED, ALL_BIAS, MLP_BIAS, UNGATED, NORM_BIAS, LEARNED_POSITIONS),
            family("gpt_neox", ALL_BIAS, MLP_BIAS, UNGATED, NORM_BIAS),
            family("opt", TIED, ALL_BIAS, MLP_BIAS, UNGATED, NORM_BIAS, LEARNED_POSITIONS),
            family("bloom", TIED, ALL_BIAS, MLP_BIAS, UNGATED, NORM_BIAS, EMBEDDING_NORM));

    /** Other types that hold the same text model, where the config keeps it at the top. */
    private static final Map<String, String> SAME = Map.of(
            "gemma3", "gemma3_text",
            "mistral3", "mistral",
            "qwen3_5", "qwen3_5_text",
            "qwen3_5_moe", "qwen3_5_moe_text",
            "qwen3_vl", "qwen3_vl_text",
            "qwen3_vl_moe", "qwen3_vl_moe_text",
            "glm4v_moe", "glm4v_moe_text",
            "llama4", "llama4_text");

    private Families() {}

    private static Map.Entry<String, Set<Trait>> family(String type, Trait... traits) {
        Set<Trait> set = EnumSet.noneOf(Trait.class);
        set.addAll(List.of(traits));
        return entry(type, set);
    }

    /** The first of {@code types} that is known, in the spelling of the table. */
    static String type(List<String> types) {
        return types.stream()
                .map(type -> TRAITS.containsKey(type) ? type : SAME.getOrDefault(type, type))
                .filter(TRAITS::containsKey)
                .findFirst()
                .orElseThrow(() -> unknown(types.getFirst()));
    }

    static Set<Trait> traits(String type) {
        return TRAITS.getOrDefault(type, Set.of());
    }

    private static Failure unknown(String type) {
        return Failure.of(
                        FailureCode.UNSUPPORTED,
                        "Model type " + Names.quoted(type) + " is not known; the nearest known ones are "
                                + String.join(", ", NearestNames.to(type, TRAITS.keySet(), 3)))
                .withNextStep("known are " + String.join(", ", new TreeSet<>(TRAITS.keySet())));
    }
}
