"""What the scripts beside this one share: each is `SCRIPT SERVER`, runs its checks and tells of each in a line of JSON.

{"check": NAME, "failure": TRACEBACK or null}; {"left": true} asks whoever started the script for the milliseconds
until the engine has stopped, which come back as a line.
"""
import json
import statistics
import sys
import traceback

QUESTION = "What is the capital of Japan?"
ANSWER = "The capital of Japan is Tokyo."
CHAT = "smollm2"
EMBEDDING = "tiny-bert"
MOST_MILLIS = 100

_checks = []


def check(function):
    _checks.append(function)
    return function


def tell(**line):
    print(json.dumps(line), flush=True)


def equal(actual, expected):
    assert actual == expected, f"{actual!r} instead of {expected!r}"


def raises(kind, action):
    try:
        action()
    except kind as e:
        return e
    raise AssertionError(f"no {kind.__name__}")


def leaving_ends_the_answer(leave_mid_stream):
    """The usual time of several; the machine may do something else in one."""
    millis = []
    for _ in range(5):
        leave_mid_stream()
        tell(left=True)
        millis.append(float(sys.stdin.readline()))
    assert statistics.median(millis) <= MOST_MILLIS, f"milliseconds until the engine has stopped: {millis}"


def run():
    for function in _checks:
        try:
            function()
            tell(check=function.__name__, failure=None)
        except BaseException:
            tell(check=function.__name__, failure=traceback.format_exc())


def server():
    return sys.argv[1]
