"""Tools and answers of a given shape, by the Python clients of OpenAI, Anthropic and Ollama.

The model is far too small to choose tools well: what is proved is that whatever it writes parses.
"""
import json
from typing import Literal

import anthropic
import ollama
import openai
from pydantic import BaseModel, Field

from checks import CHAT, check, equal, raises, run, server

openai_client = openai.OpenAI(base_url=server() + "/v1", api_key="none")
anthropic_client = anthropic.Anthropic(base_url=server(), api_key="none")
ollama_client = ollama.Client(host=server())

ASKED = [{"role": "user", "content": "What is the weather in Paris?"}]
PARAMETERS = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "maxLength": 20},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    },
    "required": ["city", "unit"],
    "additionalProperties": False,
}
WEATHER = {"type": "function", "function": {"name": "weather", "description": "The weather in a city",
                                            "parameters": PARAMETERS}}
NOW = {"type": "function", "function": {"name": "now", "description": "The time"}}


class City(BaseModel):
    name: str = Field(max_length=20)
    size: Literal["small", "large"]
    people: int = Field(ge=0, le=99_999_999)


def chat(**fields):
    return openai_client.chat.completions.create(
        **{"model": CHAT, "messages": ASKED, "temperature": 0, "max_completion_tokens": 200, **fields})


def is_weather(arguments):
    equal(set(arguments), {"city", "unit"})
    assert len(arguments["city"]) <= 20 and arguments["unit"] in ("celsius", "fahrenheit"), arguments


@check
def openai_calls_a_tool_and_takes_its_result():
    choice = chat(tools=[WEATHER, NOW], tool_choice="required").choices[0]
    equal((choice.finish_reason, choice.message.content), ("tool_calls", None))
    call = choice.message.tool_calls[0]
    assert call.function.name in ("weather", "now") and call.id
    json.loads(call.function.arguments)
    result = {"role": "tool", "tool_call_id": call.id, "content": "Sunny, 25 degrees"}
    after = chat(messages=[*ASKED, choice.message.model_dump(exclude_none=True), result], tools=[WEATHER, NOW])
    assert after.choices[0].message.content or after.choices[0].message.tool_calls


@check
def openai_calls_the_tool_that_is_named():
    named = {"type": "function", "function": {"name": "weather"}}
    for temperature in (0, 1):
        message = chat(tools=[NOW, WEATHER], tool_choice=named, temperature=temperature, seed=3).choices[0].message
        equal([call.function.name for call in message.tool_calls], ["weather"])
        is_weather(json.loads(message.tool_calls[0].function.arguments))
    now = {"type": "function", "function": {"name": "now"}}
    message = chat(tools=[NOW, WEATHER], tool_choice=now).choices[0].message
    equal(message.tool_calls[0].function.arguments, "{}")


@check
def openai_streams_the_same_call():
    asked = {"tools": [WEATHER], "tool_choice": "required"}
    whole = chat(**asked).choices[0].message.tool_calls[0].function
    name, arguments, ids, reasons = "", "", [], []
    for chunk in chat(**asked, stream=True):
        choice = chunk.choices[0]
        reasons += [choice.finish_reason] if choice.finish_reason else []
        for call in choice.delta.tool_calls or []:
            equal(call.index, 0)
            ids += [call.id] if call.id else []
            name += call.function.name or ""
            arguments += call.function.arguments
    equal((name, arguments), (whole.name, whole.arguments))
    equal((len(ids), reasons), (1, ["tool_calls"]))
    is_weather(json.loads(arguments))


@check
def openai_parses_an_answer_of_a_schema():
    answer = openai_client.chat.completions.parse(
        model=CHAT, messages=[{"role": "user", "content": "Tell me about Rome."}], temperature=0, response_format=City,
        max_completion_tokens=200)
    assert isinstance(answer.choices[0].message.parsed, City), answer
    equal(answer.choices[0].finish_reason, "stop")
    with openai_client.chat.completions.stream(
            model=CHAT, messages=[{"role": "user", "content": "Tell me about Rome."}], temperature=0,
            response_format=City, max_completion_tokens=200) as stream:
        for _ in stream:
            pass
        equal(stream.get_final_completion().choices[0].message.parsed, answer.choices[0].message.parsed)


@check
def openai_keeps_to_patterns_and_choices():
    for wanted, allowed in (({"choice": ["red", "green"]}, ("red", "green")), ({"regex": "(ab){2}"}, ("abab",))):
        assert chat(extra_body={"structured_outputs": wanted}).choices[0].message.content in allowed
    text = openai_client.completions.create(
        model=CHAT, prompt="A colour: ", max_tokens=9, extra_body={"grammar": 'root ::= "blue" | "yellow"'})
    assert text.choices[0].text in ("blue", "yellow"), text


@check
def openai_responses_call_tools():
    answer = openai_client.responses.create(
        model=CHAT, input="What is the weather in Paris?", temperature=0, max_output_tokens=200, store=False,
        tools=[{"type": "function", "name": "weather", "parameters": PARAMETERS, "strict": True}],
        tool_choice="required")
    equal((answer.status, answer.output[0].type, answer.output[0].name), ("completed", "function_call", "weather"))
    is_weather(json.loads(answer.output[0].arguments))
    parsed = openai_client.responses.parse(
        model=CHAT, input="Tell me about Rome.", temperature=0, max_output_tokens=200, store=False, text_format=City)
    assert isinstance(parsed.output_parsed, City), parsed


@check
def what_cannot_be_kept_to_is_a_bad_request():
    bad = {"type": "function", "function": {"name": "odd", "parameters": {
        "type": "object", "properties": {"a": {"not": {"type": "string"}}}}}}
    e = raises(openai.BadRequestError, lambda: chat(tools=[NOW, bad]))
    equal(e.code, "unsupported_schema")
    assert "odd" in e.message and "not" in e.message, e.message
    both = {"response_format": {"type": "json_object"}, "extra_body": {"grammar": 'root ::= "a"'}}
    raises(openai.BadRequestError, lambda: chat(**both))


@check
def anthropic_uses_a_tool_and_takes_its_result():
    tools = [{"name": "weather", "description": "The weather in a city", "input_schema": PARAMETERS}]
    asked = {"model": CHAT, "max_tokens": 200, "tools": tools, "tool_choice": {"type": "any"},
             "extra_body": {"temperature": 0}}
    answer = anthropic_client.messages.create(messages=ASKED, **asked)
    equal((answer.stop_reason, [block.type for block in answer.content]), ("tool_use", ["tool_use"]))
    is_weather(answer.content[0].input)
    with anthropic_client.messages.stream(messages=ASKED, **asked) as stream:
        equal(stream.get_final_message().content[0].input, answer.content[0].input)
    result = {"type": "tool_result", "tool_use_id": answer.content[0].id, "content": "Sunny"}
    after = anthropic_client.messages.create(
        messages=[*ASKED, {"role": "assistant", "content": [block.model_dump() for block in answer.content]},
                  {"role": "user", "content": [result]}],
        **{**asked, "tool_choice": {"type": "none"}, "max_tokens": 20})
    equal(after.content[0].type, "text")


@check
def ollama_keeps_to_a_format_and_takes_tools():
    options = {"temperature": 0, "num_predict": 200}
    answer = ollama_client.chat(model=CHAT, messages=ASKED, format=City.model_json_schema(), options=options)
    City.model_validate_json(answer.message.content)
    parts = ollama_client.chat(
        model=CHAT, messages=ASKED, format=City.model_json_schema(), options=options, stream=True)
    equal("".join(part.message.content for part in parts), answer.message.content)
    told = ollama_client.chat(model=CHAT, messages=ASKED, tools=[WEATHER], options=options)
    assert told.message.content or told.message.tool_calls
    call = {"role": "assistant", "tool_calls": [{"function": {"name": "weather", "arguments": {"city": "Paris"}}}]}
    result = {"role": "tool", "tool_name": "weather", "content": "Sunny"}
    after = ollama_client.chat(model=CHAT, messages=[*ASKED, call, result], options={**options, "num_predict": 20})
    assert after.message.content
    equal(raises(ollama.ResponseError, lambda: ollama_client.chat(
        model=CHAT, messages=ASKED, think=True)).status_code, 400)


if __name__ == "__main__":
    run()
