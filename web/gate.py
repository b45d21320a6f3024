"""Reads the body of a JSON request strictly, before any library does.

What JSON libraries quietly accept is refused here: deep nesting, repeated keys, NaN, text after the end,
other encodings. An endpoint gets a body or a query only if it declares one.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final

from flask import current_app, request

from planner.verdict import Message, Problem
from web.answers import Answer, Stopped, stop
from web.auth import is_api
from web.uploads import takes_file

PARSED: Final = "planner.json"
"""Where a request keeps its parsed body."""

DEEPEST: Final = 20
LONGEST_NUMBER: Final = 40
"""Digits; a longer number is out of every field's range and is cut to one that is as well."""

JSON_HELP: Final = "Send one JSON object in UTF-8."


def check() -> None:
    """Before every request for programs: take the body apart, or refuse it.

    Raises:
        Stopped: 400, 413, 415 or 422 with a code.
    """
    if not is_api() or request.endpoint is None:
        return
    places = declared_places()
    if request.args and "query" not in places:
        raise unknown_query(next(iter(request.args)))
    if takes_file():
        return
    raw = request.get_data(cache=True)
    if not raw:
        if "json" in places:
            raise stop(400, "E_JSON", "The request has no body.", JSON_HELP)
        return
    _check_type()
    parsed = parse(_text(raw))
    if "json" not in places and parsed != {}:
        raise stop(422, "E_FIELD_UNKNOWN", "This address takes no fields.", "Send it without a body.")
    request.environ[PARSED] = parsed


def declared_places() -> set[str]:
    """Where the endpoint takes arguments from: json, query."""
    view = current_app.view_functions[str(request.endpoint)]
    documented = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
    return {parameter["in"] for parameter in documented}


def unknown_query(name: str) -> Stopped:
    """The refusal of a query parameter nobody asked for."""
    fault = Problem(
        name,
        "E_QUERY",
        Message("There is no such parameter here."),
        Message("Leave it out, or check its spelling."),
    )
    return Stopped(
        Answer(
            422,
            "E_QUERY",
            Message("The part of the address after the question mark is wrong."),
            Message("Correct the parameters named below."),
            (fault,),
        )
    )


def _check_type() -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in {"utf-8", "utf8"}:
        raise stop(
            415,
            "E_CONTENT_TYPE",
            "The body is not announced as JSON in UTF-8.",
            "Send Content-Type: application/json.",
        )


def _text(raw: bytes) -> str:
    # JSON in UTF-16 or UTF-32 has zero bytes or a mark at its start; JSON in UTF-8 has neither.
    if b"\x00" in raw or raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise stop(415, "E_CONTENT_TYPE", "The body is not in UTF-8.", "Send it in UTF-8.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise stop(
            400, "E_JSON", "The body is not UTF-8 at byte %(place)s.", JSON_HELP, place=error.start
        ) from None


def parse(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        Stopped: 400 with E_JSON, E_JSON_DEPTH, E_JSON_DUPLICATE_KEY or E_JSON_NUMBER.
    """
    _check_depth(text)
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_real,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise stop(
            400,
            "E_JSON",
            "The body is not JSON at line %(line)s, column %(column)s.",
            JSON_HELP,
            line=error.lineno,
            column=error.colno,
        ) from None


def _check_depth(text: str) -> None:
    """Count open brackets outside strings: the parser would recurse, so it must not see them."""
    depth = 0
    quoted = escaped = False
    for sign in text:
        if escaped:
            escaped = False
        elif quoted:
            escaped = sign == "\\"
            quoted = sign != '"'
        elif sign == '"':
            quoted = True
        elif sign in "[{":
            depth += 1
            if depth > DEEPEST:
                raise stop(
                    400,
                    "E_JSON_DEPTH",
                    "The body is nested deeper than %(limit)s levels.",
                    "Send a flatter object.",
                    limit=DEEPEST,
                )
        elif sign in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise stop(
            400,
            "E_JSON_DUPLICATE_KEY",
            "The key %(name)s appears twice in one object.",
            "Keep one of them.",
            name=ascii(twice[:60]),
        )
    return found


def _whole(digits: str) -> int:
    return int(digits[:LONGEST_NUMBER])


def _real(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else _constant(digits[:20])


def _constant(name: str) -> float:
    raise stop(400, "E_JSON_NUMBER", "%(name)s is not a number of JSON.", "Send a finite number.", name=name)
