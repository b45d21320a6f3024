"""Every text for people speaks four languages."""

from __future__ import annotations

import pytest

from web import messages


def _key(text: object) -> object:
    return tuple(text) if isinstance(text, list | tuple) else text


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_catalogue_holds_every_text(language: str) -> None:
    """`make messages` and a translator's hour put it right."""
    catalog = messages.read(language)
    known = {_key(m.id): m.string for m in catalog if m.id}
    missing = []
    for message in messages.template():
        string = known.get(_key(message.id))
        parts = string if isinstance(string, list | tuple) else [string]
        if message.id and not all(parts):
            missing.append(message.id)
    assert missing == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_place_in_a_text_is_lost(language: str) -> None:
    """A translation names the same places as the text, or the page that shows it would break."""
    assert [str(error) for message in messages.read(language) for error in message.check()] == []
