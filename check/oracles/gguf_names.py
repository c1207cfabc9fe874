"""Prints GGUF names of the tiny models' tensors by llama.cpp's own table: family, Hugging Face name, GGUF name.

    VENV/bin/python gguf_names.py ../src/test/resources/tiny-models > ../../models/src/test/resources/gguf-names.txt

%d stands for the layer, %e for the expert.
"""

import pathlib
import re
import sys

import gguf
import safetensors

ARCHITECTURES = {
    "bert": gguf.MODEL_ARCH.BERT,
    "gemma2": gguf.MODEL_ARCH.GEMMA2,
    "gemma3": gguf.MODEL_ARCH.GEMMA3,
    "gpt2": gguf.MODEL_ARCH.GPT2,
    "granite": gguf.MODEL_ARCH.GRANITE,
    "llama": gguf.MODEL_ARCH.LLAMA,
    "mistral": gguf.MODEL_ARCH.LLAMA,
    "mixtral": gguf.MODEL_ARCH.LLAMA,
    "olmo2": gguf.MODEL_ARCH.OLMO2,
    "phi3": gguf.MODEL_ARCH.PHI3,
    "qwen2": gguf.MODEL_ARCH.QWEN2,
    "qwen3": gguf.MODEL_ARCH.QWEN3,
    "qwen3_moe": gguf.MODEL_ARCH.QWEN3MOE,
    "skywork": gguf.MODEL_ARCH.LLAMA,
    "smollm3": gguf.MODEL_ARCH.SMOLLM3,
}


def gguf_name(architecture, name):
    merged = re.sub(r"experts\.\d+\.", "experts.", name)
    # llama.cpp knows no mixture of Qwen 3 with some plain layers; transformers does.
    tables = [architecture, gguf.MODEL_ARCH.QWEN3] if architecture == gguf.MODEL_ARCH.QWEN3MOE else [architecture]
    for table in tables:
        found = gguf.get_tensor_name_map(table, 10).get_name(merged, try_suffixes=(".weight", ".bias"))
        if found:
            return re.sub(r"blk\.\d+\.", "blk.%d.", found)
    return None


def lines(family, folder, architecture):
    with safetensors.safe_open(folder / "model.safetensors", "np") as file:
        for name in file.keys():
            found = gguf_name(architecture, name)
            pattern = re.sub(r"experts\.\d+\.", "experts.%e.", name)
            pattern = re.sub(r"(layers|layer|h)\.\d+\.", r"\1.%d.", pattern)
            if found:
                yield f"{family} {pattern} {found}"


def main(models):
    for family, architecture in ARCHITECTURES.items():
        variants = [folder for folder in pathlib.Path(models).iterdir() if folder.name.split("-")[0] == family]
        print(*sorted({line for folder in variants for line in lines(family, folder, architecture)}), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
