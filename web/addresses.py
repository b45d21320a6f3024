"""What may stand in an address: anything else is no address at all, so nothing strange reaches a query."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, Map

HIGHEST_NUMBER: Final = 2**31 - 1


class IdConverter(BaseConverter):
    """`<id:request_id>`: the id of a row."""

    regex = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class NumberConverter(IntegerConverter):
    """`<number:number>`: a number that people count with, such as a publication's."""

    def __init__(self, map: Map) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(map, min=1, max=HIGHEST_NUMBER)


def init_app(app: Flask) -> None:
    """Make both known to the routes."""
    app.url_map.converters.update(id=IdConverter, number=NumberConverter)


def inside(address: str) -> str:
    """The address when it leads into this application, else the start page."""
    parts = urlsplit(address)
    local = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc
    return address if local and not any(ord(sign) < 32 for sign in address) else "/"
