"""lm-eval's whole harness with its local-completions: tasks of SmolLM2's golden chats, described in its own YAML.

The scores must be those of the f32 reference's log-probabilities. Of lm-eval's packages those of its torch models and
metrics are left out (requirements-lm-eval-harness.txt, without dependencies); data come from files of this machine.
"""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

from checks import CHAT, check, run, server

GOLDEN = pathlib.Path(__file__).resolve().parents[4] / "check/src/test/resources/smollm2-135m-instruct/chat.json"
# below it the reference's choice hangs by a thread, and int8 activations may tip it
CLEAR_GAP = 0.5
CHATS = [chat for chat in json.loads(GOLDEN.read_text()) if chat["smallest_gap_of_greedy_choices"] >= CLEAR_GAP]
CAPITALS = [chat for chat in CHATS if "capital" in chat["rendered"]]

TASK = """
task: NAME
dataset_path: json
dataset_kwargs: {data_files: {test: FILE}}
test_split: test
output_type: loglikelihood
doc_to_text: "{{context}}"
doc_to_target: "{{answer}}"
target_delimiter: ""
metric_list: [{metric: perplexity, higher_is_better: false}, {metric: acc, higher_is_better: true}]
"""
CHOICE = """
task: NAME
dataset_path: json
dataset_kwargs: {data_files: {test: FILE}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{context}}"
doc_to_choice: "{{choices}}"
doc_to_target: label
target_delimiter: ""
metric_list: [{metric: acc, higher_is_better: true}]
"""


def golden(chat):
    """Log-probability of the answer, its end token left out, and how many tokens it has."""
    start = len(chat["prompt_ids"]) - 1
    scores = [
        chat["top5_logprobs"][start + offset][chat["top5_ids"][start + offset].index(token)]
        for offset, token in enumerate(chat["greedy_ids"])
        if token != 2  # <|im_end|>
    ]
    return sum(scores), len(scores)


def results(name, task, documents):
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder, "data.jsonl")
        data.write_text("".join(json.dumps(document) + "\n" for document in documents))
        pathlib.Path(folder, "task.yaml").write_text(task.replace("NAME", name).replace("FILE", str(data)))
        command = [sys.executable, "-m", "lm_eval", "run", "--model", "local-completions", "--model_args",
                   f"base_url={server()}/v1/completions,model={CHAT}", "--tasks", name, "--include_path", folder,
                   "--output_path", folder + "/out"]
        environment = dict(os.environ, HF_HUB_OFFLINE="1", HF_HOME=folder + "/home")
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        found = list(pathlib.Path(folder).glob("out/**/results_*.json"))
        assert done.returncode == 0 and found, done.stdout[-2000:] + done.stderr[-4000:]
        return json.loads(found[0].read_text())["results"][name]


@check
def the_harness_scores_as_the_reference():
    scores = results("golden_answers", TASK, [{"context": c["rendered"], "answer": c["greedy_text"]} for c in CHATS])
    assert scores["acc,none"] == 1.0, scores
    expected = -sum(golden(chat)[0] for chat in CHATS) / len(CHATS)
    tokens = sum(golden(chat)[1] for chat in CHATS) / len(CHATS)
    actual = math.log(scores["perplexity,none"])
    assert abs(actual - expected) / tokens <= 0.1, f"{actual} nats an answer, by the reference {expected}: {scores}"


@check
def the_harness_chooses_as_the_reference():
    answers = [chat["greedy_text"] for chat in CAPITALS]
    documents = [{"context": c["rendered"], "choices": answers, "label": i} for i, c in enumerate(CAPITALS)]
    scores = results("golden_capitals", CHOICE, documents)
    assert scores["acc,none"] == 1.0, scores


if __name__ == "__main__":
    run()
