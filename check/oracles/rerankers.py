"""Writes random tiny rerankers and what transformers makes of texts with them, one folder per family.

    python3 -m venv VENV && VENV/bin/pip install -r tiny_models_requirements.txt
    VENV/bin/python rerankers.py ../src/test/resources/rerankers

A folder holds config.json, model.safetensors (f32), tokenizer.json and reference.json;
see the README beside the folders.
"""

import json
import pathlib
import sys

import tokenizers
import torch
import transformers
from tokenizers import decoders, normalizers, pre_tokenizers, processors

from tiny_models import randomise

WORDS = "the cat sat on mat a dog runs in park what does do where is who rain falls plain and blue sky".split()
QUERY = "what does the cat do?"
DOCUMENTS = [
    "the cat sat on the mat",
    "a dog runs in the park",
    "cat",
    "rain falls on the plain and the sky is blue and the dog runs and the cat sat and the rain falls where a dog is",
    "",
]


def word_piece():
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "?", *WORDS, "##s", "##t"]
    tokenizer = tokenizers.Tokenizer(
        tokenizers.models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(pieces[:5])
    return tokenizer


def unigram():
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "\u2581", "?", *("\u2581" + word for word in WORDS), "s", "t"]
    tokenizer = tokenizers.Tokenizer(
        tokenizers.models.Unigram([(piece, -1.0 - i / 10) for i, piece in enumerate(pieces)], unk_id=3)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(pieces[:4])
    return tokenizer


SIZES = dict(
    vocab_size=48,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=48,
    max_position_embeddings=80,
    num_labels=1,
)


def models():
    t = transformers
    return {
        "bert": (t.BertForSequenceClassification, t.BertConfig(**SIZES, type_vocab_size=2), word_piece()),
        "xlm-roberta": (
            t.XLMRobertaForSequenceClassification,
            t.XLMRobertaConfig(**SIZES, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2),
            unigram(),
        ),
    }


def make(name, kind, config, tokenizer, folder):
    config._attn_implementation = "eager"
    torch.manual_seed(1)
    model = kind(config).float().eval()
    randomise(model, 1)
    pairs = []
    for document in DOCUMENTS:
        encoded = tokenizer.encode(QUERY, document)
        types = dict(token_type_ids=torch.tensor([encoded.type_ids])) if config.type_vocab_size > 1 else {}
        with torch.no_grad():
            score = model(torch.tensor([encoded.ids]), **types).logits[0, 0]
        pairs.append({"document": document, "ids": encoded.ids, "score": round(float(score), 6)})
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "reference.json").write_text(json.dumps({"query": QUERY, "pairs": pairs}) + "\n")
    print(name, [pair["score"] for pair in pairs])


def main(target):
    torch.set_num_threads(1)
    for name, (kind, config, tokenizer) in models().items():
        make(name, kind, config, tokenizer, pathlib.Path(target) / name)


if __name__ == "__main__":
    main(*sys.argv[1:])
