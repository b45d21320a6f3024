"""Puts the API together: blueprints, errors in the document, the document itself."""

from __future__ import annotations

from typing import Any, Final, cast

from flask import Flask
from flask_smorest import Api
from flask_wtf import CSRFProtect

from web.api import company, cycles, decisions, requests, runs, session

BLUEPRINTS: Final[tuple[Any, ...]] = (
    session.blueprint,
    company.blueprint,
    requests.blueprint,
    cycles.blueprint,
    runs.blueprint,
    decisions.blueprint,
)


class PlannerApi(Api):
    """Errors are answered by `web.errors` alone."""

    def _register_error_handlers(self) -> None:
        """Nothing: there is one place for errors."""


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    """Register every resource; bearer tokens need no protection from forged forms."""
    app.config.from_mapping(
        API_TITLE="Planner", API_VERSION="v1", OPENAPI_VERSION="3.1.0", API_SPEC_OPTIONS={}
    )
    api: Any = cast("Any", PlannerApi)(app)
    for blueprint in BLUEPRINTS:
        csrf.exempt(blueprint)
        api.register_blueprint(blueprint)
