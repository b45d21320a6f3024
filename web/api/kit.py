"""What every file of the API is built with: the blueprint, versions in headers, the list envelope."""

from __future__ import annotations

import dataclasses
import enum
import functools
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn, TypeVar, cast

import marshmallow as ma
from flask import Request, request
from flask_smorest.blueprint import Blueprint as SmorestBlueprint
from flask_smorest.utils import get_appcontext
from webargs.flaskparser import FlaskParser

from planner.verdict import Message, Refused
from web.answers import Answer, Stopped, stop
from web.api import repeats
from web.gate import PARSED, unknown_query
from web.schemas.base import Form, in_json, problems_of

View = TypeVar("View", bound=Callable[..., Any])

ROOT: Final = "/api/v1"

MAKING: Final = frozenset({201, 202})
"""Answers to what makes something: a row, or work for later."""


class Repeat(enum.Enum):
    """What an Idempotency-Key does: the kept answer again, nothing but a refusal, or what the view does."""

    SAME_ANSWER = enum.auto()
    REFUSED = enum.auto()
    BY_VIEW = enum.auto()


IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": 'The version you saw, as given in "version" and in ETag: "3" in quotes.',
    "schema": {"type": "string", "example": '"3"'},
}


class StrictParser(FlaskParser):
    """Takes the body from the gate, refuses unknown and repeated query parameters."""

    DEFAULT_UNKNOWN_BY_LOCATION: Final = {"json": None, "query": ma.RAISE}  # type: ignore[misc]  # - a class constant there too

    def load_json(self, req: Request, schema: ma.Schema) -> Any:  # noqa: ARG002 - webargs' signature
        """The body that the gate parsed."""
        return req.environ[PARSED]

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:  # noqa: ARG002 - webargs' signature
        """The query, each parameter once."""
        for name, values in req.args.lists():
            if len(values) > 1:
                raise unknown_query(name)
        return dict(req.args)

    def handle_error(self, error: ma.ValidationError, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Answer with every fault at once."""
        place, messages = next(iter(error.messages_dict.items()))
        code = "E_QUERY" if place == "query" else "E_INVALID"
        problems = problems_of(messages)
        raise Stopped(
            Answer(
                422,
                code,
                Message("%(count)s of the values sent cannot be taken.", {"count": len(problems)}),
                Message("Correct what is named below and send it again; nothing was saved."),
                problems,
            )
        )


class Blueprint(SmorestBlueprint):
    """A resource of the API; answers that have a version carry it as ETag."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, description: str) -> None:
        cast("Any", super()).__init__(f"api_{name}", __name__, url_prefix=ROOT, description=description)

    def body(self, schema: type[Form]) -> Callable[[View], View]:
        """Decorator: the view takes a JSON body of this shape as an argument."""
        return cast("Callable[[View], View]", cast("Any", self).arguments(schema, location="json"))

    def query(self, schema: type[Form]) -> Callable[[View], View]:
        """Decorator: the view takes query parameters of this shape as an argument."""
        return cast("Callable[[View], View]", cast("Any", self).arguments(schema, location="query"))

    def header(self, parameter: Mapping[str, Any]) -> Callable[[View], View]:
        """Decorator: the view reads a header, documented by an OpenAPI parameter."""

        def decorate(view: View) -> View:
            told = getattr(view, "_apidoc", {}).get("manual_doc", {}).get("parameters", [])
            return cast("View", cast("Any", self).doc(parameters=[*told, parameter])(view))

        return decorate

    def open_to_all(self, view: View) -> View:
        """Decorator: the document says that no token is needed."""
        return cast("View", cast("Any", self).doc(security=[])(view))

    def versioned(self, view: View) -> View:
        """Decorator: the view asks for If-Match; see `asked_version`."""
        return self.header(IF_MATCH)(view)

    def answer(
        self, schema: Any = None, status: int = 200, repeat: Repeat = Repeat.SAME_ANSWER
    ) -> Callable[[View], View]:
        """Decorator: the view's result is shown in this shape, with its version as ETag.

        What makes something, so answers 201 or 202, takes an Idempotency-Key; `repeat` says how.
        """
        shape = cast("Any", self).response(status, schema)

        def decorate(view: View) -> View:
            inner = shape(view)

            @functools.wraps(inner)
            def tagged(*args: Any, **kwargs: Any) -> Any:
                response = inner(*args, **kwargs)
                shown = get_appcontext().get("result_dump")
                if isinstance(shown, dict) and "version" in shown:
                    response.set_etag(str(shown["version"]))
                return response

            return (
                self._repeatable(cast("View", tagged), repeat) if status in MAKING else cast("View", tagged)
            )

        return decorate

    def _repeatable(self, view: View, repeat: Repeat) -> View:
        if repeat is Repeat.REFUSED:
            return repeats.unrepeatable(view)
        return self.header(repeats.HEADER)(repeats.once(view) if repeat is Repeat.SAME_ANSWER else view)


def json_names(names: Mapping[str, str]) -> Callable[[View], View]:
    """Decorator: refusals name fields as JSON does; `names` gives its name for the planner's own."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def inside(*args: Any, **kwargs: Any) -> Any:
            try:
                return view(*args, **kwargs)
            except Refused as refused:
                problems = tuple(in_json(problem, names) for problem in refused.denied.problems)
                raise Refused(dataclasses.replace(refused.denied, problems=problems)) from refused

        return cast("View", inside)

    return decorate


def asked_version() -> int:
    """The version in If-Match; 0, which no row has, for a tag that we never gave.

    Raises:
        Stopped: 428, the header is missing.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise stop(
            428,
            "E_VERSION_REQUIRED",
            "The request does not say which version it means.",
            "Read the row first and send its ETag in If-Match.",
        )
    number = given[1:-1]
    quoted = given[0] == given[-1] == '"'
    return int(number) if quoted and number.isascii() and number.isdecimal() and len(number) < 16 else 0
