"""The description of the API, made from its endpoints, and a page to read it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, current_app, json, render_template

from web.policy import public

blueprint: Final = Blueprint("api_document", __name__)


@blueprint.get("/api/v1/openapi.json")
@public("it describes the API and holds no data")
def openapi() -> Response:
    """The OpenAPI document."""
    (api,) = current_app.extensions["flask-smorest"]["apis"].values()
    return Response(json.dumps(api["ext_obj"].document()), mimetype="application/json")


@blueprint.get("/api/docs")
@public("it shows the description of the API and holds no data")
def docs() -> str:
    """A page to read the document and to try it with a token."""
    return render_template("api_docs.html")
