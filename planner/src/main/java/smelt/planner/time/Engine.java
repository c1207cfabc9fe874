package smelt.planner.time;

/**
 * The program that serves: vllm, trtllm, sglang, llama.cpp, smelt.
 *
 * @param version may be empty
 */
public record Engine(String name, String version) {}
