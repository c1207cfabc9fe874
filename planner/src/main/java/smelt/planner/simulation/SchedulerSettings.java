package smelt.planner.simulation;

import java.util.Locale;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.PromptSharing;

/**
 * How a serving program shares its steps.
 *
 * @param stepTokens most tokens in one step, of prompts and answers together
 * @param maxRunning most requests that share steps
 * @param blockTokens tokens in a block of keys and values
 * @param sharesPrefixes whether requests that begin alike compute it once
 * @param sharing when prompts are computed
 */
public record SchedulerSettings(
        int stepTokens, int maxRunning, int blockTokens, boolean sharesPrefixes, PromptSharing sharing) {
    private static final int MOST = 1 << 24;
    private static final int MOST_BLOCK_TOKENS = 4096;

    public SchedulerSettings {
        check("stepTokens", stepTokens, MOST);
        check("maxRunning", maxRunning, MOST);
        check("blockTokens", blockTokens, MOST_BLOCK_TOKENS);
    }

    /**
     * The defaults of a program on devices of 70 GB and more, by its name; those of vLLM for one that is not known.
     * Sources: vLLM's EngineArgs (8,192 tokens and 1,024 sequences for a server; smaller devices get 2,048 and 256
     * unless they are told; blocks of 16); TensorRT-LLM's build and runtime defaults (8,192, 2,048, blocks of 32);
     * SGLang's server arguments (8,192 of a chunked prompt, prompts first; its most requests follow from memory, so
     * 2,048 is ours); llama.cpp's server (a batch of 2,048; its slots are told, 64 is ours); smelt's own engine.
     */
    public static SchedulerSettings of(String engine) {
        return switch (engine.toLowerCase(Locale.ROOT)) {
            case "trtllm", "tensorrt-llm" -> new SchedulerSettings(8192, 2048, 32, true, PromptSharing.FILL);
            // pages of one token are modelled by blocks of 16: at most 15 tokens a request differ
            case "sglang" -> new SchedulerSettings(8192, 2048, 16, true, PromptSharing.FIRST);
            case "llama.cpp" -> new SchedulerSettings(2048, 64, 16, true, PromptSharing.FILL);
            case "smelt" -> new SchedulerSettings(512, 64, 16, true, PromptSharing.PACED);
            default -> new SchedulerSettings(8192, 1024, 16, true, PromptSharing.FILL);
        };
    }

    public SchedulerSettings withStepTokens(int value) {
        return new SchedulerSettings(value, maxRunning, blockTokens, sharesPrefixes, sharing);
    }

    public SchedulerSettings withMaxRunning(int value) {
        return new SchedulerSettings(stepTokens, value, blockTokens, sharesPrefixes, sharing);
    }

    public SchedulerSettings withBlockTokens(int value) {
        return new SchedulerSettings(stepTokens, maxRunning, value, sharesPrefixes, sharing);
    }

    public SchedulerSettings withSharesPrefixes(boolean value) {
        return new SchedulerSettings(stepTokens, maxRunning, blockTokens, value, sharing);
    }

    public SchedulerSettings withSharing(PromptSharing value) {
        return new SchedulerSettings(stepTokens, maxRunning, blockTokens, sharesPrefixes, value);
    }

    private static void check(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT, name + " must be between 1 and " + most + " but is " + value);
        }
    }
}
