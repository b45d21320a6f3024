"""What ids and other texts of a problem may hold."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from solver.validate.errors import show

if TYPE_CHECKING:
    from solver.validate.errors import Faults

ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SKILL = re.compile(r"[A-Za-z0-9._:-]{1,64}")
TEXT_LIMIT = 200


def check_id(value: str, where: str, what: str, faults: Faults, pattern: re.Pattern[str] = ID) -> bool:
    """Whether `value` is a well-formed id; notes an error when not."""
    if isinstance(value, str) and pattern.fullmatch(value):
        return True
    also = ", ':'" if pattern is SKILL else ""
    faults.add(
        "E_ID",
        where,
        f"{what} has the id {show(value)}.",
        f"Use 1 to 64 letters a-z, digits, '.', '_', '-'{also}.",
    )
    return False


def check_text(value: str, where: str, what: str, faults: Faults, *, empty: bool = False) -> bool:
    """Whether `value` is a text that can be stored and shown; notes an error when not."""
    if not isinstance(value, str):
        faults.add("E_SHAPE", where, f"{what} is {show(value)}.", "Use a text.")
        return False
    bad = next((i for i, c in enumerate(value) if unicodedata.category(c) in ("Cc", "Cs")), None)
    if bad is not None:
        code = f"U+{ord(value[bad]):04X}"
        faults.add(
            "E_TEXT_CHAR", where, f"{what} holds {code} at position {bad + 1}.", "Remove this character."
        )
        return False
    if (not value.strip() and not empty) or len(value) > TEXT_LIMIT:
        faults.add(
            "E_TEXT_LENGTH",
            where,
            f"{what} has {len(value.strip())} characters.",
            f"Use 1 to {TEXT_LIMIT} characters.",
        )
        return False
    return True
