"""anthropic's own Python client."""
import anthropic

from checks import ANSWER, CHAT, QUESTION, check, equal, leaving_ends_the_answer, raises, run, server

client = anthropic.Anthropic(base_url=server(), api_key="none")
# the client has no temperature of its own any more
JAPAN = {
    "model": CHAT,
    "messages": [{"role": "user", "content": QUESTION}],
    "max_tokens": 20,
    "extra_body": {"temperature": 0},
}


@check
def answers_a_message():
    answer = client.messages.create(**JAPAN)
    equal([(block.type, block.text) for block in answer.content], [("text", ANSWER)])
    equal((answer.type, answer.role, answer.model), ("message", "assistant", CHAT))
    equal((answer.stop_reason, answer.stop_sequence), ("end_turn", None))
    equal((answer.usage.input_tokens + (answer.usage.cache_read_input_tokens or 0), answer.usage.output_tokens),
          (37, 8))


@check
def streams_the_same_text():
    with client.messages.stream(**JAPAN) as stream:
        equal("".join(stream.text_stream), ANSWER)
        final = stream.get_final_message()
    equal((final.content[0].text, final.stop_reason, final.usage.output_tokens), (ANSWER, "end_turn", 8))
    kinds = [event.type for event in client.messages.create(**JAPAN, stream=True)]
    equal((kinds[0], kinds[1], kinds[-2], kinds[-1]),
          ("message_start", "content_block_start", "message_delta", "message_stop"))


@check
def takes_a_system_prompt_and_blocks():
    answer = client.messages.create(**{
        **JAPAN,
        "system": "You answer in one word.",
        "messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}],
    })
    assert answer.content[0].text


@check
def tells_why_it_stopped():
    cut = client.messages.create(**{**JAPAN, "max_tokens": 3})
    equal((cut.stop_reason, cut.usage.output_tokens), ("max_tokens", 3))
    stopped = client.messages.create(**JAPAN, stop_sequences=["never", "Tokyo"])
    equal((stopped.stop_reason, stopped.stop_sequence), ("stop_sequence", "Tokyo"))
    equal(stopped.content[0].text, "The capital of Japan is ")


@check
def counts_tokens():
    equal(client.messages.count_tokens(model=CHAT, messages=JAPAN["messages"]).input_tokens, 37)


@check
def continues_an_answer_that_has_begun():
    begun = {"role": "assistant", "content": "The capital of Japan is"}
    answer = client.messages.create(**{**JAPAN, "messages": JAPAN["messages"] + [begun]})
    equal(answer.content[0].text, " Tokyo.")


@check
def runs_tools():
    """It asks for a thread at first."""
    asked = []

    @anthropic.beta_tool
    def population(city: str) -> str:
        """How many people live in a city."""
        asked.append(city)
        return "14 million"

    turns = list(client.beta.messages.tool_runner(
        **JAPAN | {"max_tokens": 60}, tools=[population], tool_choice={"type": "any"}, max_iterations=2))
    equal([turn.stop_reason for turn in turns], ["tool_use", "tool_use"])
    equal(len(asked), 2)


@check
def errors_are_of_the_right_kind():
    e = raises(anthropic.NotFoundError, lambda: client.messages.create(**{**JAPAN, "model": "no-such-model"}))
    equal((e.body["type"], e.body["error"]["type"]), ("error", "not_found_error"))
    e = raises(anthropic.BadRequestError, lambda: client.messages.create(**JAPAN | {"extra_body": {"temperature": 99}}))
    equal(e.body["error"]["type"], "invalid_request_error")
    assert "temperature" in str(e)
    raises(anthropic.BadRequestError, lambda: client.messages.create(**{**JAPAN, "messages": []}))


@check
def leaving_mid_stream_ends_the_answer():
    story = {
        **JAPAN,
        "messages": [{"role": "user", "content": "Write a very long story about a dragon."}],
        "max_tokens": 4000,
    }

    def leave():
        with client.messages.stream(**story) as stream:
            for number, _ in enumerate(stream.text_stream):
                if number == 5:
                    return

    leaving_ends_the_answer(leave)


if __name__ == "__main__":
    run()
