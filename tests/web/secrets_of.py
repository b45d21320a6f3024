"""What only one side, and who sees all money, may find in an answer: numbers that follow from its books."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Final

from werkzeug.test import TestResponse

TOKENS: Final = re.compile(r"[0-9A-Za-z_-]{24,}")
"""Ids, hashes and keys, in which any digits may stand by chance."""

BETWEEN: Final = re.compile("(?<=[0-9])[,\\s\u00a0\u202f'](?=[0-9]{3})")
AMOUNTS: Final = re.compile(r"(?<![0-9.])[0-9]{9,}")
"""From a million on; in JSON money is minor units."""

FACTORS: Final = re.compile(r"\b[0-9]\.[0-9]{6}\b")
CENTS: Final = 2
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Ask = Callable[[str], TestResponse]


def text_of(answer: TestResponse) -> str:
    """What an answer says, workbooks unpacked, without tokens and without signs inside numbers."""
    if answer.mimetype == WORKBOOK:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            text = " ".join(book.read(name).decode() for name in book.namelist())
    else:
        text = answer.get_data(as_text=True)
    return BETWEEN.sub("", TOKENS.sub(" ", text))


def amounts_in(text: str) -> set[str]:
    """The whole units of every amount of a million or more; in pages they stand before the decimal point."""
    return {digits[:-CENTS] for digits in AMOUNTS.findall(text)}


def told(ask: Ask, paths: list[str]) -> str:
    """Everything that these addresses tell who may see all of it."""
    answers = [ask(path) for path in paths]
    assert all(answer.status_code == 200 for answer in answers), [a.status_code for a in answers]
    return " ".join(text_of(answer) for answer in answers)


def money_of(ask: Ask, account_id: str, requests: list[str]) -> set[str]:
    """The amounts of a customer, its plans and its requests."""
    place = f"/api/v1/accounts/{account_id}"
    paths = [place, *(f"{place}/{part}" for part in ("worth", "figures", "plans"))]
    for request_id in requests:
        paths += [f"/api/v1/requests/{request_id}{part}" for part in ("", "/worth", "/outcomes")]
    return amounts_in(told(ask, paths))


def record_of(ask: Ask, kam_id: str) -> set[str]:
    """Every factor in somebody's record of claims; whole numbers such as 1.000000 are nobody's."""
    text = told(ask, [f"/api/v1/kams/{kam_id}/calibration"])
    return {factor for factor in FACTORS.findall(text) if not factor.endswith("000")}
