"""One measurement of OpenVINO GenAI: arguments FILE THREADS SEED USERS PROMPT TOKENS; prints one JSON object.

Prompts are random token ids, so that every engine reads the same number of tokens; no two are alike, so that
nothing is cached. The first call, with a prompt of another content and the same shape, warms up.
"""
import json
import random
import sys
import time

import numpy
import openvino
import openvino_genai

path = sys.argv[1]
threads, seed, users, prompt, tokens = map(int, sys.argv[2:7])
source = random.Random(seed)


def generate(length):
    ids = numpy.array([[source.randrange(300, 30000) for _ in range(prompt)] for _ in range(users)], dtype=numpy.int64)
    config = openvino_genai.GenerationConfig()
    config.max_new_tokens = length
    config.ignore_eos = True
    config.do_sample = False
    inputs = openvino_genai.TokenizedInputs(openvino.Tensor(ids), openvino.Tensor(numpy.ones_like(ids)))
    begin = time.perf_counter()
    metrics = pipeline.generate(inputs, config).perf_metrics
    return time.perf_counter() - begin, metrics.get_ttft().mean / 1000


pipeline = openvino_genai.LLMPipeline(path, "CPU", INFERENCE_NUM_THREADS=threads)
generate(2)
whole, first = generate(tokens)
result = {"prefill": users * prompt / first}
if tokens > 1:
    result["decode"] = users * (tokens - 1) / (whole - first)
print(json.dumps(result))
