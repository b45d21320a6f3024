"""Every text for people speaks four languages."""

from __future__ import annotations

import itertools
import re

import pytest

from web import messages

ALIKE = {"Key account manager", "Send Content-Type: application/json.", "Trade-offs"}
"""Texts of several words that two languages really share."""


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


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", re.sub(r"%\(\w+\)[sd]|<[^>]+>", " ", text))


def test_no_text_stands_in_the_wrong_language() -> None:
    """Two languages never share a text of three words or more: one of them would not be understood."""
    texts: dict[str, dict[str, str]] = {"en": {}}
    for language in messages.LANGUAGES:
        texts[language] = {}
        for message in messages.read(language):
            key = message.id if isinstance(message.id, str) else message.id[0]
            string = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
            if key:
                texts["en"][key] = key
                texts[language][key] = string
    alike = {
        (one, other, key)
        for one, other in itertools.combinations(texts, 2)
        for key in texts[one].keys() & texts[other].keys()
        if texts[one][key] == texts[other][key] and len(_words(texts[one][key])) > 2 and key not in ALIKE
    }
    assert alike == set()
