"""Default deny: every endpoint declares who may use it, or the application does not start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from planner.permissions import Action, may
from planner.verdict import require
from web.answers import stop
from web.auth import identify, is_api

View = TypeVar("View", bound=Callable[..., Any])

MARK: Final = "planner_policy"


class UndeclaredRouteError(RuntimeError):
    """An endpoint without a policy; the message names each."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What an endpoint declares: the use case it serves, or why everybody may call it."""

    action: Action | None
    why_public: str = ""


def policy(action: Action) -> Callable[[View], View]:
    """Decorator: only who may do `action` gets in."""
    return _marker(Declared(action))


def public(why: str) -> Callable[[View], View]:
    """Decorator: everybody gets in, because `why`."""
    return _marker(Declared(None, why))


def _marker(declared: Declared) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, MARK, declared)
        return view

    return mark


def declared(view: Callable[..., Any]) -> Declared | None:
    """The policy of a view."""
    found: Declared | None = getattr(view, MARK, None)
    return found


def check_routes(app: Flask) -> None:
    """Refuse to start with an endpoint that declares nothing.

    Raises:
        UndeclaredRouteError: naming every such endpoint.
    """
    bare = sorted(name for name, view in app.view_functions.items() if declared(view) is None)
    if bare:
        raise UndeclaredRouteError(
            f"these endpoints declare no policy: {', '.join(bare)}; "
            "put @policy(Action.X) or @public('why') on each"
        )


def enforce() -> Response | None:
    """Before every request: let nobody in whom the endpoint's policy does not name.

    Raises:
        Stopped: nobody is signed in and the request is for programs.
        Refused: the role does not allow the use case.
    """
    wanted = declared(current_app.view_functions[request.endpoint]) if request.endpoint else Declared(None)
    if wanted is None:
        raise UndeclaredRouteError(request.endpoint)
    if wanted.action is None:
        if not is_api() and request.endpoint != "static":
            identify()
        return None
    actor = identify()
    if actor is None:
        return _ask_to_sign_in()
    require(may(actor, wanted.action))
    return None


def _page_shown() -> str:
    """The page a person was on, as far as the request tells; the start page for a step that is no page."""
    if request.headers.get("HX-Request") == "true":
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        if here.path.startswith("/"):
            return f"{here.path}?{here.query}" if here.query else here.path
    if request.method == "GET":
        return request.full_path.rstrip("?")
    adapter = current_app.create_url_adapter(request)
    try:
        shown = adapter is not None and adapter.match(method="GET")
    except HTTPException:
        shown = False
    return request.path if shown else "/"


def _ask_to_sign_in() -> Response:
    if is_api():
        raise stop(
            401,
            "E_TOKEN_MISSING",
            "This needs a token.",
            "Get one with POST /api/v1/tokens and send it as Authorization: Bearer <token>.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    back = _page_shown()
    address = "/sign-in" if back == "/" else f"/sign-in?{urlencode({'next': back})}"
    if request.headers.get("HX-Request") == "true":
        # A redirect would be followed inside the page and put the form into a fragment.
        return Response(status=401, headers={"HX-Redirect": address})
    return Response(status=303, headers={"Location": address})
