"""Unreadable bodies are refused before any library parses them, each with its own code."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from web.answers import Stopped
from web.gate import DEEPEST, parse


def nested(depth: int) -> str:
    """Lists inside lists."""
    return "[" * depth + "]" * depth


REFUSED = {
    "empty object cut short": ("{", "E_JSON"),
    "not JSON": ("hello", "E_JSON"),
    "text after the end": ('{"a": 1} x', "E_JSON"),
    "two values": ("{}{}", "E_JSON"),
    "single quotes": ("{'a': 1}", "E_JSON"),
    "comment": ("{} // no", "E_JSON"),
    "byte order mark": ("\ufeff{}", "E_JSON"),
    "control character in a string": ('{"a": "\n"}', "E_JSON"),
    "unclosed string": ('{"a": "', "E_JSON"),
    "one level too deep": (nested(DEEPEST + 1), "E_JSON_DEPTH"),
    "100,000 brackets": (nested(100_000), "E_JSON_DEPTH"),
    "100,000 opened objects": ('{"a":' * 100_000, "E_JSON_DEPTH"),
    "key twice": ('{"a": 1, "a": 2}', "E_JSON_DUPLICATE_KEY"),
    "key twice inside": ('{"b": [{"a": 1, "a": 1}]}', "E_JSON_DUPLICATE_KEY"),
    "escaped key twice": ('{"a": 1, "\\u0061": 2}', "E_JSON_DUPLICATE_KEY"),
    "NaN": ('{"a": NaN}', "E_JSON_NUMBER"),
    "Infinity": ('{"a": Infinity}', "E_JSON_NUMBER"),
    "minus Infinity": ('{"a": -Infinity}', "E_JSON_NUMBER"),
    "1e400": ('{"a": 1e400}', "E_JSON_NUMBER"),
    "leading zero": ('{"a": 08}', "E_JSON"),
    "underscore in a number": ('{"a": 1_0}', "E_JSON"),
    "fullwidth digit": ('{"a": \uff18}', "E_JSON"),
}


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_unreadable_json_is_refused(text: str, code: str) -> None:
    """Always 400: nobody can say what was meant."""
    with pytest.raises(Stopped) as caught:
        parse(text)
    assert (caught.value.answer.status, caught.value.answer.code) == (400, code)


TAKEN: dict[str, Any] = {
    "empty object": {},
    "the deepest allowed": json.loads(nested(DEEPEST)),
    "brackets inside a string": {"a": "[[[[[[[[[[[[[[[[[[[[[[[[[[[[{"},
    "escaped quote before brackets": {"a": '\\"[[[[[[[[[[[[[[[[[[[[[[[[['},
    "values of every kind": {"a": [1, -2, 2.5, True, False, None, "ž"]},
}


@pytest.mark.parametrize("value", TAKEN.values(), ids=TAKEN)
def test_readable_json_is_taken_as_it_is(value: object) -> None:
    """The gate changes nothing."""
    assert parse(json.dumps(value)) == value


def test_a_number_of_5000_digits_stays_out_of_every_range() -> None:
    """Python refuses to read it; it is cut to 40 digits, which no field takes (2**53 has 16)."""
    assert parse('{"a": ' + "9" * 5000 + "}") == {"a": 10**40 - 1}


def test_the_depth_of_a_megabyte_is_checked_quickly() -> None:
    """The worst body costs well under a second of one core."""
    body = '{"a": "' + "x" * (1024 * 1024 - 10) + '"}'
    start = time.process_time()
    parse(body)
    assert time.process_time() - start < 0.5
