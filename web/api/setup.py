"""Puts the API together: its resources and the document that describes them."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import Any, Final, cast

from flask import Flask
from flask_smorest import Api
from flask_wtf import CSRFProtect

from web.addresses import IdConverter, NumberConverter
from web.api import (
    bookings,
    company,
    cycles,
    deciding,
    decisions,
    definitions,
    document,
    dossier,
    explanations,
    figures,
    imports,
    kams,
    outcomes,
    overrides,
    publications,
    requests,
    reviews,
    runs,
    scarcity,
    scenarios,
    session,
    standing,
    swaps,
    users,
    usual_chances,
    work,
    worth,
)
from web.schemas.common import ErrorOut

BLUEPRINTS: Final[tuple[Any, ...]] = (
    session.blueprint,
    company.blueprint,
    dossier.blueprint,
    requests.blueprint,
    cycles.blueprint,
    runs.blueprint,
    decisions.blueprint,
    deciding.blueprint,
    explanations.blueprint,
    figures.blueprint,
    imports.blueprint,
    outcomes.blueprint,
    overrides.blueprint,
    swaps.blueprint,
    bookings.blueprint,
    scarcity.blueprint,
    usual_chances.blueprint,
    scenarios.blueprint,
    publications.blueprint,
    reviews.blueprint,
    standing.blueprint,
    worth.blueprint,
    definitions.blueprint,
    kams.blueprint,
    work.blueprint,
    users.blueprint,
)

BEARER: Final = {"type": "http", "scheme": "bearer", "description": "Get one with POST /api/v1/tokens."}

ABOUT: Final = (
    "Money is whole minor units of the planning currency, effort whole quarter-hours, weeks ISO weeks "
    "such as 2027-W01, shares and chances per mille. Null is not known. Fields that you may not see are "
    "left out. "
    "Unknown fields and parameters are refused. A change names the version it means in If-Match."
)


class PlannerApi(Api):
    """Errors are answered by `web.errors` alone, in one shape; endpoints are described when somebody asks."""

    def __init__(self, app: Flask) -> None:
        self._waiting: list[Any] = []
        self._describing = threading.Lock()
        cast("Any", super()).__init__(app)

    def serve(self, blueprint: Any) -> None:
        """Serve the endpoints; describing them takes half a second that a start does not have."""
        app = cast("Flask", self._app)
        app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        app.register_blueprint(blueprint)
        self._waiting.append(blueprint)

    def document(self) -> dict[str, Any]:
        """The description of every endpoint."""
        with self._describing:
            while self._waiting:
                it = self._waiting.pop(0)
                it.register_views_in_doc(self, self._app, self.spec, name=it.name, parameters=None)
                self.spec.tag({"name": it.name, "description": it.description})
            return self.spec.to_dict()

    def _register_error_handlers(self) -> None:
        """Nothing: there is one place for errors."""

    def _register_responses(self) -> None:
        """Every refusal has one shape and one type."""
        shape = {"application/problem+json": {"schema": ErrorOut}}
        for name in ("DEFAULT_ERROR", *(status.name for status in HTTPStatus)):
            refusal = {"description": "A refusal, with its code and remedy.", "content": shape}
            cast("Any", self).spec.components.response(name, refusal, lazy=True)


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    """Register every resource; bearer tokens need no protection from forged forms."""
    app.config.from_mapping(
        API_TITLE="Planner",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={"security": [{"token": []}], "info": {"description": ABOUT}},
    )
    api: Any = cast("Any", PlannerApi)(app)
    api.register_converter(IdConverter, lambda _: {"type": "string", "format": "uuid"})
    api.register_converter(NumberConverter, lambda _: {"type": "integer", "minimum": 1})
    api.spec.components.security_scheme("token", BEARER)
    for blueprint in BLUEPRINTS:
        csrf.exempt(blueprint)
        api.serve(blueprint)
    app.register_blueprint(document.blueprint)
