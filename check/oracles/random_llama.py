#!/usr/bin/env python3
"""Writes a GGUF of Llama-3.2-1B's shape with random weights, for measurements: smelt bench FILE.

usage: random_llama.py [--type Q4_0|Q4_1|Q8_0|Q4_K|Q6_K|Q4_K_M] [--seed N] [--layers N] [--vocabulary N] [FILE]
Needs nothing but Python. Blocks are random bytes with scales that keep weights near 0.02, so nothing is quantised;
it streams, so a file of any size takes some MB of memory. The tokenizer is a byte-level BPE of all pairs of bytes.
Q4_K_M mixes Q4_K and Q6_K as llama.cpp does. Without FILE: a folder of the user's cache.
"""
import argparse
import os
import random
import struct
import sys

HIDDEN, FEED_FORWARD, HEADS, KEY_HEADS, HEAD_WIDTH = 2048, 8192, 32, 8, 64
ALIGNMENT = 32
SPECIAL = 256
# ggml's number, elements and bytes of a block
TYPES = {"F32": (0, 1, 4), "Q4_0": (2, 32, 18), "Q4_1": (3, 32, 20), "Q8_0": (8, 32, 34),
         "Q4_K": (12, 256, 144), "Q6_K": (14, 256, 210)}
# offset in the block and mean of its f16 values; the rest is random
SCALES = {"Q4_0": ((0, 0.005),), "Q4_1": ((0, 0.005), (2, -0.0375)), "Q8_0": ((0, 0.0003),),
          "Q4_K": ((0, 0.0001), (2, 0.00075)), "Q6_K": ((208, 0.00013),)}
# Q6_K's sixteen scales of a block are int8: few bits of them
SMALL_BYTES = {"Q6_K": (192, 208)}
POOL_BLOCKS = 1 << 14


def block_pool(kind, source):
    """Random blocks; tensors are cut out of them at random places."""
    size = TYPES[kind][2]
    pool = bytearray(source.randbytes(POOL_BLOCKS * size))
    for offset, mean in SCALES[kind]:
        values = [struct.pack("<e", mean * (0.75 + 0.5 * source.random())) for _ in range(POOL_BLOCKS)]
        pool[offset::size] = bytes(v[0] for v in values)
        pool[offset + 1::size] = bytes(v[1] for v in values)
    for offset in range(*SMALL_BYTES.get(kind, (0, 0))):
        small = bytes((b % 32 - 16) & 0xFF for b in pool[offset::size])
        pool[offset::size] = small
    return bytes(pool)


def more_bits(layer, layers):
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def tensors(kind, layers, vocabulary):
    """Names, types and shapes (columns first) in the order of the file."""
    plain = "Q4_K" if kind == "Q4_K_M" else kind
    yield "token_embd.weight", "Q6_K" if kind == "Q4_K_M" else kind, (HIDDEN, vocabulary)
    keys = KEY_HEADS * HEAD_WIDTH
    for i in range(layers):
        better = "Q6_K" if kind == "Q4_K_M" and more_bits(i, layers) else plain
        for name, type_, shape in (
                ("attn_norm", "F32", (HIDDEN,)), ("attn_q", plain, (HIDDEN, HIDDEN)), ("attn_k", plain, (HIDDEN, keys)),
                ("attn_v", better, (HIDDEN, keys)), ("attn_output", plain, (HIDDEN, HIDDEN)),
                ("ffn_norm", "F32", (HIDDEN,)), ("ffn_gate", plain, (HIDDEN, FEED_FORWARD)),
                ("ffn_up", plain, (HIDDEN, FEED_FORWARD)), ("ffn_down", better, (FEED_FORWARD, HIDDEN))):
            yield f"blk.{i}.{name}.weight", type_, shape
    yield "output_norm.weight", "F32", (HIDDEN,)


def size_of(kind, shape):
    _, elements, size = TYPES[kind]
    count = 1
    for n in shape:
        count *= n
    return count // elements * size


def vocabulary_of(size):
    """All bytes as GPT-2 writes them, pairs of them, then triples, then control tokens; and the merges for that."""
    letters, following = [], 256
    for b in range(256):
        printable = 0x20 < b < 0x7F or 0xA0 < b != 0xAD
        letters.append(chr(b if printable else following))
        following += not printable
    tokens, merges = list(letters), []
    roots = letters
    while len(tokens) < size - SPECIAL:
        longer = []
        for left in roots:
            for right in letters:
                if len(tokens) < size - SPECIAL:
                    tokens.append(left + right)
                    merges.append(left + " " + right)
                    longer.append(left + right)
        roots = longer
    return tokens + [f"<|control_{i}|>" for i in range(size - len(tokens))], merges


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def entry(key, value):
    head = text(key)
    if isinstance(value, str):
        return head + struct.pack("<I", 8) + text(value)
    if isinstance(value, float):
        return head + struct.pack("<If", 6, value)
    if isinstance(value, int):
        return head + struct.pack("<II", 4, value)
    strings = isinstance(value[0], str)
    body = b"".join(map(text, value)) if strings else struct.pack(f"<{len(value)}i", *value)
    return head + struct.pack("<IIQ", 9, 8 if strings else 5, len(value)) + body


def metadata(kind, layers, size):
    tokens, merges = vocabulary_of(size)
    return {
        "general.architecture": "llama", "general.name": f"random weights, {kind}", "llama.block_count": layers,
        "llama.context_length": 131072, "llama.embedding_length": HIDDEN, "llama.feed_forward_length": FEED_FORWARD,
        "llama.attention.head_count": HEADS, "llama.attention.head_count_kv": KEY_HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5, "llama.rope.freq_base": 500000.0,
        "llama.rope.dimension_count": HEAD_WIDTH, "llama.vocab_size": size,
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "llama-bpe", "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [1] * (size - SPECIAL) + [3] * SPECIAL, "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.bos_token_id": size - SPECIAL, "tokenizer.ggml.eos_token_id": size - SPECIAL + 1}


def header(all_tensors, values):
    parts = [b"GGUF", struct.pack("<IQQ", 3, len(all_tensors), len(values))]
    parts += [entry(key, value) for key, value in values.items()]
    offset = 0
    for name, kind, shape in all_tensors:
        parts.append(text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, TYPES[kind][0], offset))
        offset += -(-size_of(kind, shape) // ALIGNMENT) * ALIGNMENT
    return b"".join(parts)


def padded(out, size):
    out.write(b"\0" * (-size % ALIGNMENT))


def write(path, kind, seed, layers, size):
    source = random.Random(seed)
    all_tensors = list(tensors(kind, layers, size))
    pools = {t: block_pool(t, source) for t in sorted({t for _, t, _ in all_tensors} - {"F32"})}
    with open(path + ".part", "wb") as out:
        head = header(all_tensors, metadata(kind, layers, size))
        out.write(head)
        padded(out, len(head))
        for _, type_, shape in all_tensors:
            left = size_of(type_, shape)
            if type_ == "F32":
                out.write(struct.pack("<f", 1.0) * shape[0])
            while type_ != "F32" and left > 0:
                block = TYPES[type_][2]
                begin = source.randrange(POOL_BLOCKS) * block
                piece = pools[type_][begin:begin + left]
                out.write(piece)
                left -= len(piece)
            padded(out, size_of(type_, shape))
    os.replace(path + ".part", path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--type", default="Q4_0", choices=[*SCALES, "Q4_K_M"])
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--layers", type=int, default=16)
    parser.add_argument("--vocabulary", type=int, default=128256)
    parser.add_argument("file", nargs="?")
    a = parser.parse_args()
    if a.layers < 1 or a.vocabulary < 2 * SPECIAL:
        parser.error(f"at least one layer and {2 * SPECIAL} tokens")
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    path = a.file or os.path.join(cache, "smelt-bench", f"random-llama-1b.{a.type}.gguf")
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    write(path, a.type, a.seed, a.layers, a.vocabulary)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
