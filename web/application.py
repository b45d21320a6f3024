"""Builds the application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from planner import logs, settings
from web import (
    addresses,
    api,
    auth,
    database,
    errors,
    figures,
    files,
    gate,
    headers,
    language,
    pages,
    policy,
    rendering,
    review_words,
    sent_once,
    uploads,
)
from web.config import flask_config


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application, configured by the environment; `config` overrides single keys of `web.config`.

    Raises:
        SettingsError: a setting cannot work.
        UndeclaredRouteError: an endpoint declares no policy.
    """
    app = Flask("web", static_folder=None)
    here = settings.read()
    logs.configure(here)
    app.config.from_mapping(flask_config(here))
    app.config.from_mapping(config or {})
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # - how Flask documents it
    addresses.init_app(app)
    database.init_app(app)
    headers.init_app(app)
    auth.init_app(app)
    language.init_app(app)
    uploads.init_app(app)
    # Who may come in is asked before anything is read from the body.
    app.before_request(policy.enforce)
    app.before_request(gate.check)
    csrf = CSRFProtect(app)
    errors.init_app(app)
    sent_once.init_app(app)
    rendering.init_app(app)
    figures.init_app(app)
    review_words.init_app(app)
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)
    api.init_app(app, csrf)
    files.init_app(app)
    policy.check_routes(app)
    return app
