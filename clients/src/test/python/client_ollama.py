"""ollama's own Python client."""
import ollama

from checks import ANSWER, CHAT, EMBEDDING, QUESTION, check, equal, leaving_ends_the_answer, raises, run, server

client = ollama.Client(host=server())
MESSAGES = [{"role": "user", "content": QUESTION}]
GREEDY = {"temperature": 0, "num_predict": 20}


@check
def answers_a_chat():
    answer = client.chat(model=CHAT, messages=MESSAGES, options=GREEDY)
    equal((answer.message.role, answer.message.content), ("assistant", ANSWER))
    equal((answer.model, answer.done, answer.done_reason), (CHAT, True, "stop"))
    equal((answer.prompt_eval_count, answer.eval_count), (37, 8))
    assert answer.total_duration > 0 and answer.created_at.endswith("Z")


@check
def streams_the_same_text():
    parts = list(client.chat(model=CHAT, messages=MESSAGES, options=GREEDY, stream=True))
    equal("".join(part.message.content for part in parts), ANSWER)
    equal([part.done for part in parts], [False] * (len(parts) - 1) + [True])
    equal(parts[-1].eval_count, 8)


@check
def generates():
    answer = client.generate(model=CHAT, prompt=QUESTION, options=GREEDY)
    equal((answer.response, answer.done_reason), (ANSWER, "stop"))
    raw = client.generate(model=CHAT, prompt="The capital of France is", raw=True, options={**GREEDY, "num_predict": 3})
    assert raw.response.startswith(" Paris"), raw
    equal(raw.done_reason, "length")
    parts = list(client.generate(model=CHAT, prompt=QUESTION, options=GREEDY, stream=True))
    equal("".join(part.response for part in parts), ANSWER)


@check
def gives_log_probabilities():
    answer = client.chat(model=CHAT, messages=MESSAGES, options=GREEDY, logprobs=True, top_logprobs=2)
    equal("".join(token.token for token in answer.logprobs), ANSWER)
    assert all(len(token.top_logprobs) == 2 and token.logprob <= 0 for token in answer.logprobs)


@check
def embeds():
    texts = ["the cat sat on the mat", "the dog runs in the park"]
    both = client.embed(model=EMBEDDING, input=texts)
    equal([len(vector) for vector in both.embeddings], [32, 32])
    equal(client.embed(model=EMBEDDING, input=texts[1]).embeddings[0], both.embeddings[1])


@check
def lists_and_shows_models():
    assert any(model.model.split(":")[0] == CHAT for model in client.list().models)
    assert any(model.model.split(":")[0] == CHAT for model in client.ps().models)
    shown = client.show(CHAT)
    equal(shown.details.family, "llama")
    assert "completion" in shown.capabilities


@check
def errors_are_of_the_right_kind():
    e = raises(ollama.ResponseError, lambda: client.chat(model="no-such-model", messages=MESSAGES))
    equal(e.status_code, 404)
    assert "no-such-model" in e.error
    e = raises(ollama.ResponseError, lambda: client.chat(model=CHAT, messages=MESSAGES, options={"temperature": 99}))
    equal(e.status_code, 400)
    assert "temperature" in e.error
    e = raises(ollama.ResponseError, lambda: list(client.chat(model="no-such-model", messages=MESSAGES, stream=True)))
    equal(e.status_code, 404)


@check
def leaving_mid_stream_ends_the_answer():
    story = [{"role": "user", "content": "Write a very long story about a dragon."}]

    def leave():
        parts = client.chat(model=CHAT, messages=story, options={"temperature": 0, "num_predict": 4000}, stream=True)
        for _ in range(5):
            next(parts)
        parts.close()

    leaving_ends_the_answer(leave)


if __name__ == "__main__":
    run()
