"""Goldens for smelt.tokenizer.jinja, rendered with Jinja2 set up as the transformers library sets it up.

    python templates.py own OUT.json              the small templates of template_cases.py
    python templates.py real FOLDER OUT.json      every *.jinja file of FOLDER with every chat below

Needs jinja2==3.1.6; templates.sh makes the environment. The date is fixed, so that goldens do not change.
"""

import datetime
import json
import pathlib
import sys

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox

NOW = datetime.datetime(2026, 7, 4, 15, 6, 7)


class Generation(jinja2.ext.Extension):
    """The {% generation %} tag, which prints its body."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class Refused(jinja2.TemplateError):
    """raise_exception was called."""


def environment():
    def raise_exception(message):
        raise Refused(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda form: NOW.strftime(form)
    return env


def render(source, variables):
    """{"text": ...}, {"refused": message} or {"error": what Python says}."""
    try:
        return {"text": environment().from_string(source).render(**variables)}
    except Refused as e:
        return {"refused": e.message}
    except Exception as e:  # any error of the template must be a failure on our side too
        return {"error": f"{type(e).__name__}: {e}"}


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather of a city, in °C <or> °F & more",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "The city's name"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "default": "celsius"},
                "days": {"type": "array", "items": {"type": "integer"}},
            },
            "required": ["city"],
        },
    },
}
CLOCK = {
    "type": "function",
    "function": {"name": "now", "description": "The time", "parameters": {"type": "object", "properties": {}}},
}


def call(identity, name, arguments):
    return {"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **more):
    return {"role": "assistant", "content": text, **more}


RESULT = {"role": "tool", "tool_call_id": "call00001", "name": "get_weather", "content": '{"temperature": 21.5}'}
PARIS = {"city": "Paris", "unit": "celsius", "days": [1, 2], "exact": True, "note": None, "scale": 1.5}

# name -> (messages, tools, add_generation_prompt, extra variables)
CHATS = {
    "single": ([user("What is the capital of Japan?")], None, True, {}),
    "system and turns": (
        [
            {"role": "system", "content": "You answer\nbriefly. "},
            user("  Hello! Grüße, 日本 🙂\n"),
            assistant("Hi."),
            user("And <b>now</b> & then?"),
        ],
        None,
        True,
        {},
    ),
    "turns without prompt": ([user("a"), assistant("b"), user("c"), assistant("d")], None, False, {}),
    "tools": ([user("Weather in Paris?")], [WEATHER, CLOCK], True, {}),
    "system and tools": ([{"role": "system", "content": "S"}, user("Weather?")], [WEATHER], True, {}),
    "tool call and result": (
        [
            {"role": "system", "content": "Be exact."},
            user("Weather in Paris?"),
            assistant("", tool_calls=[call("call00001", "get_weather", PARIS)]),
            RESULT,
            assistant("21.5 °C."),
            user("Thanks"),
        ],
        [WEATHER],
        True,
        {},
    ),
    "tool result last": (
        [
            user("Weather in Paris?"),
            assistant(None, tool_calls=[call("call00001", "get_weather", PARIS)]),
            RESULT,
        ],
        [WEATHER, CLOCK],
        True,
        {},
    ),
    "two tool calls, arguments as text": (
        [
            user("Weather and time?"),
            assistant(
                "Let me see.",
                tool_calls=[
                    call("call00001", "get_weather", json.dumps(PARIS)),
                    call("call00002", "now", "{}"),
                ],
            ),
            RESULT,
            {"role": "tool", "tool_call_id": "call00002", "name": "now", "content": "12:00"},
        ],
        [WEATHER, CLOCK],
        True,
        {},
    ),
    "parts": (
        [
            {"role": "system", "content": [{"type": "text", "text": "S"}]},
            {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
        ],
        None,
        True,
        {},
    ),
    "image": (
        [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is this?"}]}],
        None,
        True,
        {},
    ),
    "reasoning": (
        [
            user("2+2?"),
            assistant("<think>\nadd\n</think>\n\n4", reasoning_content="add"),
            user("3+3?"),
            assistant("6", reasoning_content="add again", thinking="hm"),
        ],
        None,
        False,
        {"enable_thinking": True},
    ),
    "thinking off": ([user("2+2?")], None, True, {"enable_thinking": False, "thinking": False}),
    "thinking off, tools": ([user("2+2?")], [CLOCK], True, {"enable_thinking": False, "reasoning_effort": "low"}),
    "developer": ([{"role": "developer", "content": "D"}, user("x")], None, True, {}),
    "unknown role": ([{"role": "narrator", "content": "N"}, user("x")], None, True, {}),
    "assistant first": ([assistant("x"), user("y")], None, True, {}),
    "no messages": ([], None, True, {}),
}


def own():
    from template_cases import CASES

    cases = []
    for name, template, variables in CASES:
        result = render(template, variables)
        if " at 0x" in result.get("text", ""):
            raise SystemExit(f"{name} prints an address, which differs from run to run")
        cases.append({"name": name, "template": template, "variables": variables, **result})
    return cases


def real(folder):
    out = []
    for path in sorted(pathlib.Path(folder).glob("*.jinja")):
        source = path.read_text(encoding="utf-8")
        for name, (messages, tools, prompt, extra) in CHATS.items():
            variables = {
                "bos_token": "<s>",
                "eos_token": "</s>",
                "messages": messages,
                "tools": tools,
                "documents": None,
                "add_generation_prompt": prompt,
                **extra,
            }
            case = {"template": path.name, "chat": name, "messages": messages, "tools": tools, "prompt": prompt}
            out.append({**case, "extra": extra, **render(source, variables)})
    return out


def main():
    cases = own() if sys.argv[1] == "own" else real(sys.argv[2])
    target = pathlib.Path(sys.argv[-1])
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{target}: {len(cases)} cases, {sum('text' in c for c in cases)} render")


if __name__ == "__main__":
    main()
