"""lm-eval's own local-completions, with the tokenizer of the server.

Only the packages that this part of lm-eval imports are installed (what requirements-lm-eval.txt says, without
dependencies): its harness of tasks would bring pandas, pyarrow and scikit-learn, 700 MB. The task is SmolLM2's golden
chats: context is the rendered chat, continuation the answer that the f32 reference chooses.
"""
import json
import pathlib

from checks import CHAT, check, run, server

from lm_eval.api.instance import Instance
from lm_eval.models.openai_completions import LocalCompletionsAPI

GOLDEN = pathlib.Path(__file__).resolve().parents[4] / "check/src/test/resources/smollm2-135m-instruct/chat.json"
CHATS = json.loads(GOLDEN.read_text())
# below it the reference's choice hangs by a thread, and int8 activations may tip it
CLEAR_GAP = 0.5
CLEAR = [chat for chat in CHATS if chat["smallest_gap_of_greedy_choices"] >= CLEAR_GAP]


def model(**settings):
    return LocalCompletionsAPI(base_url=server() + "/v1/completions", model=CHAT, **settings)


def score(lm, pairs):
    requests = [Instance("loglikelihood", {}, pair, number) for number, pair in enumerate(pairs)]
    return lm.loglikelihood(requests)


def golden(chat):
    """Log-probability of the answer, its end token left out, and how many tokens it has."""
    start = len(chat["prompt_ids"]) - 1
    total = 0
    count = 0
    for offset, token in enumerate(chat["greedy_ids"]):
        if token != 2:  # <|im_end|>
            total += chat["top5_logprobs"][start + offset][chat["top5_ids"][start + offset].index(token)]
            count += 1
    return total, count


def scores_as_the_reference(**settings):
    scores = score(model(**settings), [(chat["rendered"], chat["greedy_text"]) for chat in CHATS])
    greedy = [is_greedy for chat, (_, is_greedy) in zip(CHATS, scores) if chat in CLEAR]
    assert len(greedy) >= 5 and sum(greedy) / len(greedy) == 1.0, f"accuracy is not the reference's 1.0: {greedy}"
    tokens = sum(golden(chat)[1] for chat in CHATS)
    difference = sum(abs(actual - golden(chat)[0]) for chat, (actual, _) in zip(CHATS, scores)) / tokens
    assert difference <= 0.1, f"mean difference of log-probabilities per token is {difference}"


@check
def scores_token_ids_as_the_reference():
    scores_as_the_reference()


@check
def scores_text_as_the_reference():
    scores_as_the_reference(tokenized_requests=False)


@check
def scores_in_parallel_and_in_batches():
    scores_as_the_reference(num_concurrent=4)
    scores_as_the_reference(batch_size=4)


@check
def prefers_each_answer_to_those_of_others():
    capitals = [chat for chat in CLEAR if "capital" in chat["rendered"]]
    lm = model()
    for chat in capitals:
        scores = score(lm, [(chat["rendered"], other["greedy_text"]) for other in capitals])
        best = max(range(len(scores)), key=lambda i: scores[i][0])
        assert capitals[best] is chat and sum(is_greedy for _, is_greedy in scores) == 1, scores


@check
def generates():
    chat = CLEAR[0]
    request = Instance("generate_until", {}, (chat["rendered"], {"until": ["<|im_end|>"], "max_gen_toks": 20}), 0)
    assert model().generate_until([request]) == [chat["greedy_text"]]


if __name__ == "__main__":
    run()
