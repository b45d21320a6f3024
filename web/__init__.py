"""The web application: pages for people, JSON for programs, the same use cases behind both."""

from web.application import create_app

__all__ = ["create_app"]
