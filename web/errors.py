"""From refusals to responses: the only place that knows which status a refusal has.

Programs get problem+json of one shape; people get a page, or the form again where the view offers one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import structlog
from flask import Flask, Response, render_template, request
from flask_babel import format_date, format_datetime, gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound

from planner.database import BusyError
from planner.verdict import Denied, Kind, Message, Problem, Refused, not_found
from web.answers import Answer, Stopped
from web.auth import identified, is_api

log = structlog.get_logger()

STATUS: Final = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.STATE: 409,
    Kind.STALE: 412,
    Kind.BUSY: 429,
}

TITLES: Final[Mapping[int, Message]] = {
    400: Message("Not readable"),
    401: Message("Not signed in"),
    403: Message("Not allowed"),
    404: Message("Not found"),
    405: Message("Wrong method"),
    409: Message("Not possible now"),
    412: Message("Changed meanwhile"),
    413: Message("Too large"),
    415: Message("Wrong type"),
    422: Message("Not right yet"),
    428: Message("Version missing"),
    429: Message("Too often"),
    503: Message("Busy"),
    500: Message("Failed"),
}

HTTP_WORDS: Final[Mapping[int, tuple[str, Message, Message]]] = {
    400: (
        "E_REQUEST",
        Message("The request cannot be read."),
        Message("Check the address and the headers."),
    ),
    405: (
        "E_METHOD",
        Message("This address does not take that method."),
        Message("Use one of those in the Allow header."),
    ),
    413: (
        "E_BODY_SIZE",
        Message("The request is too large."),
        Message("Send less than 1 MB, in fewer and shorter fields."),
    ),
    415: (
        "E_CONTENT_TYPE",
        Message("The body has a type that is not taken here."),
        Message("Send application/json in UTF-8."),
    ),
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refused, lambda error: respond(answer_of(error.denied)))
    app.register_error_handler(Stopped, lambda error: respond(error.answer))
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(BusyError, _busy)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _internal)


def answer_of(denied: Denied) -> Answer:
    """A denial with its status; pages answer a stale form with 409, programs that sent If-Match with 412."""
    status = STATUS[denied.kind]
    if denied.kind is Kind.STALE and not is_api():
        status = 409
    return Answer(status, denied.code, denied.reason, denied.remedy, denied.problems, denied.details)


def words(message: Message) -> str:
    """A message in the reader's language."""
    text = gettext(message.text) if message.text else ""
    params = {name: _told(value) for name, value in message.params.items()}
    return text % params if params else text


def _told(value: Any) -> Any:
    """A value inside a message as people of this language write it."""
    if isinstance(value, Message):
        return words(value)
    if isinstance(value, datetime):
        return format_datetime(value, "short")
    return format_date(value) if isinstance(value, date) else value


def respond(answer: Answer) -> Response:
    """The response for a refusal, for a program or for a person."""
    actor = identified()
    log.info(
        "refused",
        code=answer.code,
        status=answer.status,
        method=request.method,
        endpoint=request.endpoint,
        user=actor.user_id if actor else None,
    )
    response = _problem(answer) if is_api() else _page(answer)
    response.status_code = answer.status
    response.headers.update(answer.headers)
    return response


def _problem(answer: Answer) -> Response:
    body: dict[str, Any] = {
        "type": f"/errors/{answer.code}",
        "title": words(TITLES.get(answer.status, TITLES[400])),
        "status": answer.status,
        "code": answer.code,
        "detail": words(answer.reason),
        "remedy": words(answer.remedy),
        "errors": [shown(problem) for problem in answer.problems],
    }
    if answer.details:
        body["details"] = dict(answer.details)
    return Response(json.dumps(body, default=str), mimetype="application/problem+json")


def shown(problem: Problem) -> dict[str, str]:
    """One thing wrong with one field, in the reader's language."""
    return {
        "code": problem.code,
        "where": problem.where,
        "message": words(problem.reason),
        "fix": words(problem.remedy),
    }


def _page(answer: Answer) -> Response:
    return Response(
        render_template(
            "error.html",
            status=answer.status,
            code=answer.code,
            title=words(TITLES.get(answer.status, TITLES[400])),
            reason=words(answer.reason),
            remedy=words(answer.remedy),
            problems=[shown(problem) for problem in answer.problems],
            details=answer.details,
        )
    )


def _csrf(_error: CSRFError) -> Response:
    return respond(
        Answer(
            403,
            "E_CSRF",
            Message("The form was open too long or came from another site, so nothing was saved."),
            Message("Go back: what you typed is still there. Reload the page if it fails again."),
        )
    )


def _busy(_error: BusyError) -> Response:
    return respond(
        Answer(
            503,
            "E_BUSY",
            Message("The database is being kept busy, so nothing was saved."),
            Message("Try again in a minute; what you typed is still there when you go back."),
            headers={"Retry-After": "60"},
        )
    )


def _http(error: HTTPException) -> Response:
    if isinstance(error, NotFound):
        return respond(answer_of(not_found().denied))
    status = error.code or 500
    if error.response is not None or status < 400:  # redirects of the router
        return error.get_response()  # type: ignore[return-value]  # - werkzeug's class, the same protocol
    code, reason, remedy = HTTP_WORDS.get(status, HTTP_WORDS[400])
    kept = {k: v for k, v in error.get_headers() if k in {"Allow", "Retry-After"}}
    return respond(Answer(status, code, reason, remedy, headers=kept))


def _internal(error: InternalServerError) -> Response:
    """Our fault: a number to report, and nothing else about it."""
    ticket = uuid.uuid4().hex[:12]
    log.error("failed", ticket=ticket, endpoint=request.endpoint, exc_info=error.original_exception)
    answer = Answer(
        500,
        "E_INTERNAL",
        Message("Something broke on our side; nothing was saved. Ticket %(ticket)s.", {"ticket": ticket}),
        Message("Try again. If it stays, tell your administrator the ticket number."),
    )
    if is_api():
        return respond(answer)
    text = f"{words(answer.reason)} {words(answer.remedy)}"
    return Response(text, 500, mimetype="text/plain")
