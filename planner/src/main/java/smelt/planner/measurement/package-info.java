/**
 * What others measured, for calibration. In: result files of smelt bench, vllm and sglang bench serve, GuideLLM, AIPerf
 * and GenAI-Perf, llama-bench and MLPerf's LoadGen; out: {@link smelt.planner.measurement.Measurement}s.
 */
@NullMarked
package smelt.planner.measurement;

import org.jspecify.annotations.NullMarked;
