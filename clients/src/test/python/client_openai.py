"""openai's own Python client."""
import asyncio

import openai

from checks import ANSWER, CHAT, QUESTION, check, equal, leaving_ends_the_answer, raises, run, server

client = openai.OpenAI(base_url=server() + "/v1", api_key="none")
JAPAN = {
    "model": CHAT,
    "messages": [{"role": "user", "content": QUESTION}],
    "temperature": 0,
    "max_completion_tokens": 20,
}


@check
def answers_a_chat():
    answer = client.chat.completions.create(**JAPAN)
    equal(answer.choices[0].message.content, ANSWER)
    equal(answer.choices[0].message.role, "assistant")
    equal(answer.choices[0].finish_reason, "stop")
    equal(answer.object, "chat.completion")
    equal(answer.model, CHAT)
    equal((answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens), (37, 8, 45))
    assert answer.id.startswith("chatcmpl-") and answer.created > 1_700_000_000


@check
def streams_the_same_text():
    chunks = list(client.chat.completions.create(**JAPAN, stream=True))
    equal("".join(chunk.choices[0].delta.content or "" for chunk in chunks), ANSWER)
    equal(chunks[0].choices[0].delta.role, "assistant")
    equal([c.choices[0].finish_reason for c in chunks if c.choices[0].finish_reason], ["stop"])
    equal({chunk.id for chunk in chunks}, {chunks[0].id})
    assert all(chunk.usage is None for chunk in chunks)


@check
def streams_usage_where_it_is_asked_for():
    chunks = list(client.chat.completions.create(**JAPAN, stream=True, stream_options={"include_usage": True}))
    equal(chunks[-1].choices, [])
    equal(chunks[-1].usage.total_tokens, 45)
    assert all(chunk.usage is None for chunk in chunks[:-1])


@check
def the_stream_helper_ends_with_the_whole_answer():
    with client.chat.completions.stream(**JAPAN) as stream:
        for _ in stream:
            pass
        equal(stream.get_final_completion().choices[0].message.content, ANSWER)


@check
def gives_log_probabilities():
    whole = client.chat.completions.create(**JAPAN, logprobs=True, top_logprobs=3).choices[0].logprobs.content
    equal("".join(token.token for token in whole), ANSWER)
    for token in whole:
        equal(bytes(token.bytes).decode(), token.token)
        equal(len(token.top_logprobs), 3)
        equal((token.top_logprobs[0].token, token.top_logprobs[0].logprob), (token.token, token.logprob))
    streamed = client.chat.completions.create(**JAPAN, logprobs=True, top_logprobs=3, stream=True)
    equal([t for chunk in streamed if chunk.choices[0].logprobs for t in chunk.choices[0].logprobs.content], whole)


@check
def gives_several_answers():
    answer = client.chat.completions.create(**{**JAPAN, "temperature": 1}, n=3, seed=7)
    equal([choice.index for choice in answer.choices], [0, 1, 2])
    again = client.chat.completions.create(**{**JAPAN, "temperature": 1}, n=3, seed=7)
    equal([c.message.content for c in again.choices], [c.message.content for c in answer.choices])


@check
def stops_before_a_stop_string():
    answer = client.chat.completions.create(**JAPAN, stop=["Tokyo", "never"])
    equal(answer.choices[0].message.content, "The capital of Japan is ")
    equal(answer.choices[0].finish_reason, "stop")


@check
def tells_that_the_answer_was_cut():
    answer = client.chat.completions.create(**{**JAPAN, "max_completion_tokens": 3})
    equal(answer.choices[0].finish_reason, "length")
    equal(answer.usage.completion_tokens, 3)


@check
def an_unknown_model_is_not_found():
    e = raises(openai.NotFoundError, lambda: client.chat.completions.create(**{**JAPAN, "model": "no-such-model"}))
    equal((e.code, e.param), ("model_not_found", "model"))
    assert CHAT in e.message
    streaming = {**JAPAN, "model": "no-such-model", "stream": True}
    raises(openai.NotFoundError, lambda: client.chat.completions.create(**streaming))


@check
def bad_parameters_are_bad_requests():
    for name, value in {"temperature": 99, "top_p": 2, "n": 0, "stop": 5, "top_logprobs": 50, "seed": "x"}.items():
        bad = {**JAPAN, "extra_body": {name: value}}
        e = raises(openai.BadRequestError, lambda bad=bad: client.chat.completions.create(**bad))
        equal((e.param, e.type), (name, "invalid_request_error"))
    unknown = {**JAPAN, "extra_body": {"temprature": 1}}
    e = raises(openai.BadRequestError, lambda: client.chat.completions.create(**unknown))
    equal((e.code, e.param), ("unknown_parameter", "temprature"))
    assert "temperature" in e.message


@check
def a_prompt_that_is_too_long_tells_both_numbers():
    words = {**JAPAN, "messages": [{"role": "user", "content": "word " * 20_000}]}
    e = raises(openai.BadRequestError, lambda: client.chat.completions.create(**words))
    equal(e.code, "context_length_exceeded")


@check
def lists_models():
    assert CHAT in [model.id for model in client.models.list()]
    equal(client.models.retrieve(CHAT).id, CHAT)
    raises(openai.NotFoundError, lambda: client.models.retrieve("no/such/model"))


@check
def the_asynchronous_client_works_too():
    async def two():
        async with openai.AsyncOpenAI(base_url=server() + "/v1", api_key="none") as both:
            answers = [both.chat.completions.create(**JAPAN) for _ in range(2)]
            return [answer.choices[0].message.content for answer in await asyncio.gather(*answers)]

    equal(asyncio.run(two()), [ANSWER, ANSWER])


@check
def leaving_mid_stream_ends_the_answer():
    endless = {**JAPAN, "max_completion_tokens": 4000, "stream": True, "extra_body": {"ignore_eos": True}}

    def leave():
        with client.chat.completions.create(**endless) as stream:
            for number, _ in enumerate(stream):
                if number == 5:
                    return

    leaving_ends_the_answer(leave)


if __name__ == "__main__":
    run()
