"""Fields that take exactly what they say: no guessing, no rounding, no invisible text."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime
from typing import Any, Final

from marshmallow import ValidationError, fields

from planner import checks
from planner.verdict import Problem
from web.schemas.base import NOT_LIST, NOT_OBJECT, REQUIRED, fault

EXACT: Final = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

MESSAGES: Final[dict[str, Any]] = {"required": REQUIRED, "null": REQUIRED}


def _accept(problems: list[Problem]) -> None:
    if problems:
        raise fault(problems)


def _wrong(code: str, reason: str, remedy: str, **params: Any) -> ValidationError:
    return fault([checks.problem("", code, reason, remedy, **params)])


class Text(fields.String):
    """Text that can be seen; space around it is cut. `lines` allows line breaks, `blank` nothing at all."""

    default_error_messages: dict[str, Any] = MESSAGES

    def __init__(self, longest: int, *, blank: bool = False, lines: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest, self.blank, self.lines = longest, blank, lines
        self.metadata = {"maxLength": longest, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002 - marshmallow's signature
        _accept(checks.text("", value, self.longest, required=not self.blank, lines=self.lines))
        return checks.tidy(value)


class Whole(fields.Integer):
    """A whole number written as one; neither true, "8" nor 8.0 is."""

    default_error_messages: dict[str, Any] = MESSAGES

    def __init__(
        self, least: int = -EXACT, most: int = EXACT, *, code: str = "E_NUMBER_RANGE", **kwargs: Any
    ) -> None:
        super().__init__(strict=True, **kwargs)
        self.least, self.most, self.code = least, most, code
        self.metadata = {"minimum": least, "maximum": most, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002 - marshmallow's signature
        _accept(checks.whole("", value, self.least, self.most, code=self.code))
        return int(value)


class Digits(Whole):
    """A whole number in an address, where everything is text; ASCII digits only."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        plain = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16
        return super()._deserialize(int(value) if plain else value, attr, data, **kwargs)


class Flag(fields.Boolean):
    """true or false; neither 1 nor "yes" is."""

    default_error_messages: dict[str, Any] = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002 - marshmallow's signature
        if not isinstance(value, bool):
            raise _wrong("E_FLAG", "This must be true or false.", "Send true or false, unquoted.")
        return value


class Week(fields.String):
    """An ISO week that exists, such as 2027-W01."""

    default_error_messages: dict[str, Any] = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002 - marshmallow's signature
        _accept(checks.week("", value))
        return str(value)


class Day(fields.Date):
    """A day that exists, such as 2027-01-04."""

    default_error_messages: dict[str, Any] = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:  # noqa: ARG002 - marshmallow's signature
        try:
            day = date.fromisoformat(value)
            if day.isoformat() == value and day.year in checks.YEARS:
                return day
        except (ValueError, TypeError):
            pass
        raise _wrong("E_DATE", "There is no such day.", "Send year-month-day, such as 2027-01-04.")


class Instant(fields.AwareDateTime):
    """A moment with its zone, such as 2027-01-04T12:00:00Z."""

    default_error_messages: dict[str, Any] = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ARG002 - marshmallow's signature
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None and moment.year in checks.YEARS[1:-1]:
                return moment.astimezone(UTC)
        except (ValueError, TypeError):
            pass
        raise _wrong(
            "E_TIME", "This is not a moment with its time zone.", "Send a time such as 2027-01-04T12:00:00Z."
        )


class Choice(fields.String):
    """One of the values of an enumeration."""

    default_error_messages: dict[str, Any] = MESSAGES

    def __init__(self, kind: type[enum.StrEnum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.metadata = {"enum": [member.value for member in kind], **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - marshmallow's signature
        _accept(checks.choice("", value, self.kind))
        return self.kind(value)


class Many(fields.List[Any]):
    """A list with a limited number of entries."""

    def __init__(self, inner: Any, *, most: int, least: int = 0, **kwargs: Any) -> None:
        messages: dict[str, Any] = {**MESSAGES, "invalid": NOT_LIST}
        super().__init__(inner, error_messages=messages, **kwargs)
        self.least, self.most = least, most
        self.metadata = {"minItems": least, "maxItems": most, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and not self.least <= len(value) <= self.most:
            raise _wrong(
                "E_COUNT",
                "The list has %(count)s entries.",
                "Send from %(least)s to %(most)s.",
                count=len(value),
                least=self.least,
                most=self.most,
            )
        return super()._deserialize(value, attr, data, **kwargs)


class Part(fields.Nested):
    """An object inside an object."""

    def __init__(self, nested: Any, **kwargs: Any) -> None:
        messages: dict[str, Any] = {**MESSAGES, "type": NOT_OBJECT}
        super().__init__(nested, error_messages=messages, **kwargs)
