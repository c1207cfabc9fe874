"""Writes random tiny models and what transformers makes of them, one folder per family or variant.

    python3 -m venv VENV && VENV/bin/pip install -r tiny_models_requirements.txt
    VENV/bin/python tiny_models.py ../src/test/resources/tiny-models [NAME ...]

A folder holds config.json, model.safetensors (f32) and reference.json; see the README beside the folders.
"""

import json
import pathlib
import sys

import torch
import transformers

VOCABULARY = 128
PROMPT = 48
GREEDY = 24
TOP = 5
# Answers that hang by less than this could fall either way in another order of sums.
SMALLEST_GAP = 0.05
# A continuation that repeats one token proves little.
VARIETY = 8

SIZES = dict(
    vocab_size=VOCABULARY,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=16,
    max_position_embeddings=512,
    rms_norm_eps=1e-6,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=2,
)
# For families whose head width is the width over the heads.
UNDIVIDED = {**SIZES, "num_attention_heads": 2, "num_key_value_heads": 1}
del UNDIVIDED["head_dim"]


def sizes(**changes):
    return {**SIZES, **changes}


def rope(kind, **parameters):
    return dict(rope_parameters=dict(rope_type=kind, rope_theta=10000.0, **parameters))


def llama(**changes):
    return transformers.LlamaConfig(**sizes(**changes))


def models():
    t = transformers
    return {
        "gemma2": (
            t.Gemma2ForCausalLM,
            t.Gemma2Config(
                **sizes(num_hidden_layers=3, sliding_window=16, query_pre_attn_scalar=24),
                attn_logit_softcapping=20.0,
                final_logit_softcapping=15.0,
            ),
        ),
        "gemma3-full": (
            t.Gemma3ForCausalLM,
            t.Gemma3TextConfig(
                **sizes(num_hidden_layers=3, sliding_window=16, query_pre_attn_scalar=16),
                layer_types=["sliding_attention", "full_attention", "sliding_attention"],
                rope_parameters=dict(
                    sliding_attention=dict(rope_type="default", rope_theta=100.0),
                    full_attention=dict(rope_type="linear", rope_theta=10000.0, factor=8.0),
                ),
            ),
        ),
        "granite": (
            t.GraniteForCausalLM,
            t.GraniteConfig(
                **UNDIVIDED,
                embedding_multiplier=6.0,
                attention_multiplier=0.2,
                residual_multiplier=0.4,
                logits_scaling=2.0,
            ),
        ),
        "olmo2": (t.Olmo2ForCausalLM, t.Olmo2Config(**UNDIVIDED)),
        "gpt2": (
            t.GPT2LMHeadModel,
            t.GPT2Config(
                vocab_size=VOCABULARY, n_positions=128, n_embd=32, n_layer=2, n_head=2, bos_token_id=1, eos_token_id=2
            ),
        ),
        "mixtral": (
            t.MixtralForCausalLM,
            t.MixtralConfig(**sizes(intermediate_size=16), num_local_experts=4, num_experts_per_tok=2),
        ),
        "qwen3_moe": (
            t.Qwen3MoeForCausalLM,
            t.Qwen3MoeConfig(
                **sizes(),
                num_experts=4,
                num_experts_per_tok=2,
                moe_intermediate_size=16,
                norm_topk_prob=True,
                mlp_only_layers=[0],
            ),
        ),
        "smollm3": (
            t.SmolLM3ForCausalLM,
            t.SmolLM3Config(**sizes(num_hidden_layers=4, intermediate_size=16), no_rope_layer_interval=4),
        ),
        "llama-llama3": (
            t.LlamaForCausalLM,
            llama(
                **rope(
                    "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64
                )
            ),
        ),
        "llama-yarn": (t.LlamaForCausalLM, llama(**rope("yarn", factor=4.0, original_max_position_embeddings=64))),
        "llama-linear": (
            t.LlamaForCausalLM,
            llama(**rope("linear", factor=4.0), attention_bias=True, mlp_bias=True),
        ),
        "phi3-longrope": (
            t.Phi3ForCausalLM,
            t.Phi3Config(
                **UNDIVIDED,
                original_max_position_embeddings=256,
                rope_parameters=dict(
                    rope_type="longrope",
                    rope_theta=10000.0,
                    partial_rotary_factor=0.5,
                    original_max_position_embeddings=256,
                    short_factor=[1.0, 1.2, 1.5, 2.0],
                    long_factor=[2.0, 3.0, 4.0, 6.0],
                ),
            ),
        ),
        "skywork": (t.LlamaForCausalLM, llama(num_key_value_heads=4)),
        "bert": (
            t.BertModel,
            t.BertConfig(
                vocab_size=VOCABULARY,
                hidden_size=32,
                num_hidden_layers=2,
                num_attention_heads=2,
                intermediate_size=48,
                max_position_embeddings=128,
            ),
        ),
    }


# Positions the model is opened for, where that decides how RoPE is stretched.
CONTEXT = {"phi3-longrope": 256}


def randomise(model, seed):
    """Weights wide enough that next tokens are far from equally likely, norms and biases away from 1 and 0.

    Where token rows are the head as well they are small, so that a token does not predict itself.
    """
    generator = torch.Generator().manual_seed(seed)
    tied = model.config.tie_word_embeddings
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.dim() == 1:
            parameter.data = parameter.data + 0.2 * noise
        elif tied and ("embed" in name or "wte" in name or "wpe" in name):
            parameter.data = 0.1 * noise
        elif "embed" in name or "wte" in name or "wpe" in name:
            parameter.data = 0.5 * noise
        else:
            parameter.data = noise * 1.5 / parameter.shape[-1] ** 0.5
        if "lm_head" in name:
            parameter.data = 0.7 * noise
        if tied and name.endswith(("model.norm.weight", "ln_f.weight")):
            parameter.data = 4 + noise


def reference(model, prompt):
    logits = model(torch.tensor([prompt])).logits[0].float()
    logprobs = torch.log_softmax(logits, -1)
    top = torch.topk(logprobs, TOP)
    ids = list(prompt)
    gap = float("inf")
    for _ in range(GREEDY):
        best = torch.topk(model(torch.tensor([ids])).logits[0, -1].float(), 2)
        gap = min(gap, float(best.values[0] - best.values[1]))
        ids.append(int(best.indices[0]))
    return gap, {
        "prompt": prompt,
        "logprob_of_prompt_token": [None]
        + [round(float(logprobs[i, prompt[i + 1]]), 6) for i in range(len(prompt) - 1)],
        "top5_ids": top.indices.tolist(),
        "top5_logprobs": [[round(v, 6) for v in row] for row in top.values.tolist()],
        "greedy": ids[len(prompt) :],
    }


def embedding(model, prompt):
    rows = model(torch.tensor([prompt])).last_hidden_state[0].float()
    return float("inf"), {"prompt": prompt, "embedding": [round(v, 6) for v in rows.mean(0).tolist()]}


def make(name, kind, config, folder):
    """Takes the first seed whose greedy continuation is well separated."""
    config._attn_implementation = "eager"
    for seed in range(100):
        torch.manual_seed(seed)
        model = kind(config).float().eval()
        randomise(model, seed)
        prompt = torch.randint(3, VOCABULARY, (PROMPT,), generator=torch.Generator().manual_seed(seed)).tolist()
        with torch.no_grad():
            gap, values = (embedding if name == "bert" else reference)(model, prompt)
        if gap >= SMALLEST_GAP and len(set(values.get("greedy", range(VARIETY)))) >= VARIETY:
            break
    else:
        raise SystemExit(f"{name}: no seed gives a well separated, varied continuation")
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    if name == "skywork":
        rename(folder / "config.json", "skywork")
    context = {"context": CONTEXT[name]} if name in CONTEXT else {}
    (folder / "reference.json").write_text(json.dumps({"family": name, "seed": seed, **context, **values}) + "\n")
    print(f"{name}: seed {seed}, gap {gap:.3f}, {(folder / 'model.safetensors').stat().st_size} bytes")


def rename(path, model_type):
    """Skywork's own folders say so, though their tensors are named as Llama's."""
    config = json.loads(path.read_text())
    config["model_type"] = model_type
    config["architectures"] = ["SkyworkForCausalLM"]
    path.write_text(json.dumps(config, indent=2) + "\n")


def main(target, *wanted):
    torch.set_num_threads(1)
    for name, (kind, config) in models().items():
        if not wanted or name in wanted:
            make(name, kind, config, pathlib.Path(target) / name)


if __name__ == "__main__":
    main(*sys.argv[1:])
