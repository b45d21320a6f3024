"""JSON for programs under /api/v1: one file per resource, the same use cases as the pages."""

from web.api.setup import init_app

__all__ = ["init_app"]
