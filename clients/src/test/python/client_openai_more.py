"""openai's own Python client: completions, embeddings and responses."""
import openai

from checks import ANSWER, CHAT, EMBEDDING, QUESTION, check, equal, raises, run, server

client = openai.OpenAI(base_url=server() + "/v1", api_key="none")
TEXT = {"model": CHAT, "prompt": "The capital of France is", "temperature": 0, "max_tokens": 4}


@check
def completes_text():
    answer = client.completions.create(**TEXT)
    assert answer.choices[0].text.startswith(" Paris"), answer
    equal(answer.choices[0].finish_reason, "length")
    equal((answer.object, answer.model), ("text_completion", CHAT))
    equal((answer.usage.prompt_tokens, answer.usage.completion_tokens), (5, 4))


@check
def completes_many_prompts_and_ids():
    alone = client.completions.create(**TEXT).choices[0].text
    both = client.completions.create(**{**TEXT, "prompt": [TEXT["prompt"], "One, two, three, four,"]})
    equal(both.choices[0].text, alone)
    equal([choice.index for choice in both.choices], [0, 1])
    ids = [504, 3575]
    assert client.completions.create(**{**TEXT, "prompt": ids}).choices[0].text
    equal(len(client.completions.create(**{**TEXT, "prompt": [ids, ids]}).choices), 2)


@check
def streams_the_same_completion():
    chunks = list(client.completions.create(**TEXT, stream=True))
    equal("".join(c.choices[0].text for c in chunks), client.completions.create(**TEXT).choices[0].text)
    equal([c.choices[0].finish_reason for c in chunks if c.choices[0].finish_reason], ["length"])


@check
def echoes_the_prompt_with_log_probabilities():
    choice = client.completions.create(**{**TEXT, "max_tokens": 1}, echo=True, logprobs=2).choices[0]
    assert choice.text.startswith(TEXT["prompt"]), choice
    scores = choice.logprobs
    equal("".join(scores.tokens), choice.text)
    assert scores.token_logprobs[0] is None and all(p <= 0 for p in scores.token_logprobs[1:])
    equal(len(scores.tokens), len(scores.top_logprobs))
    equal(scores.text_offset[:2], [0, len(scores.tokens[0])])


@check
def embeds_in_both_encodings():
    texts = ["the cat sat on the mat", "the dog runs in the park"]
    packed = client.embeddings.create(model=EMBEDDING, input=texts)
    plain = client.embeddings.create(model=EMBEDDING, input=texts, encoding_format="float")
    equal([e.index for e in packed.data], [0, 1])
    for one, other in zip(packed.data, plain.data):
        equal(len(one.embedding), 32)
        assert max(abs(a - b) for a, b in zip(one.embedding, other.embedding)) < 1e-6
        assert abs(sum(x * x for x in one.embedding) - 1) < 1e-3
    alone = client.embeddings.create(model=EMBEDDING, input=texts[1])
    equal(alone.data[0].embedding, packed.data[1].embedding)
    equal(alone.usage.prompt_tokens, 8)


@check
def a_chat_model_makes_no_embeddings():
    raises(openai.BadRequestError, lambda: client.embeddings.create(model=CHAT, input="text"))
    raises(openai.BadRequestError, lambda: client.embeddings.create(model=EMBEDDING, input=[]))


@check
def responds():
    answer = client.responses.create(model=CHAT, input=QUESTION, temperature=0, max_output_tokens=20)
    equal(answer.output_text, ANSWER)
    equal((answer.status, answer.model), ("completed", CHAT))
    equal((answer.usage.input_tokens, answer.usage.output_tokens), (37, 8))


@check
def streams_the_same_response():
    events = list(client.responses.create(
        model=CHAT, input=QUESTION, temperature=0, max_output_tokens=20, stream=True))
    equal("".join(e.delta for e in events if e.type == "response.output_text.delta"), ANSWER)
    equal((events[0].type, events[-1].type), ("response.created", "response.completed"))
    equal(events[-1].response.output_text, ANSWER)
    equal([e.sequence_number for e in events], list(range(len(events))))


if __name__ == "__main__":
    run()
