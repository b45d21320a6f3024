"""Pages for people, one file per subject."""

from web.pages.blueprints import BLUEPRINTS

__all__ = ["BLUEPRINTS"]
