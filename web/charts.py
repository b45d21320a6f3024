"""Places of bars, lines and dots in small charts; the colours come from classes, the table stands beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

WIDTH, HEIGHT = 720, 220
EDGE = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in the chart's own units."""

    x: float
    y: float
    width: float
    height: float
    negative: bool


@dataclass(frozen=True, slots=True)
class Monthly:
    """Bars with a line over them on one scale, around a zero line; gaps stay gaps."""

    bars: tuple[Bar | None, ...]
    lines: tuple[str, ...]
    zero: float
    ticks: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT


Values = Sequence[Decimal | int | None]


def monthly(bars: Values, line: Values) -> Monthly:
    """A chart of two series over the same months, minor units."""
    known = [float(value) for value in (*bars, *line) if value is not None]
    top, bottom = max([*known, 0.0]), min([*known, 0.0])
    span = (top - bottom) or 1.0
    inner = HEIGHT - 2 * EDGE

    def height_of(value: float) -> float:
        return round(EDGE + inner * (top - value) / span, 2)

    zero = height_of(0)
    step = WIDTH / max(len(bars), 1)
    drawn: list[Bar | None] = []
    for place, value in enumerate(bars):
        if value is None:
            drawn.append(None)
            continue
        y = height_of(float(value))
        drawn.append(
            Bar(
                round(place * step + step * 0.2, 2),
                min(y, zero),
                round(step * 0.6, 2),
                round(abs(y - zero), 2),
                value < 0,
            )
        )
    return Monthly(tuple(drawn), _pieces(line, step, height_of), zero, _ticks(top, bottom, height_of))


def _pieces(line: Values, step: float, height_of: Callable[[float], float]) -> tuple[str, ...]:
    """The line's unbroken pieces as points."""
    pieces: list[list[str]] = [[]]
    for place, value in enumerate(line):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{place * step + step / 2:.2f},{height_of(float(value)):.2f}")
    return tuple(" ".join(piece) for piece in pieces if piece)


def _ticks(top: float, bottom: float, height_of: Callable[[float], float]) -> tuple[tuple[float, int], ...]:
    values = {round(top), 0, round(bottom)}
    return tuple((height_of(float(value)), value) for value in sorted(values, reverse=True))


@dataclass(frozen=True, slots=True)
class Lines:
    """Several lines over the same steps of time on one scale from 0, each in unbroken pieces."""

    lines: tuple[tuple[str, ...], ...]
    ticks: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT


def lines(series: Sequence[Values], top: int) -> Lines:
    """A chart of series of the same length, up to `top` or the highest value; gaps stay gaps."""
    top = round(max([top, *(value for values in series for value in values if value is not None)]))

    def height_of(value: float) -> float:
        return round(EDGE + (HEIGHT - 2 * EDGE) * (top - value) / top, 2)

    step = WIDTH / max(*(len(values) for values in series), 1)
    return Lines(tuple(_pieces(values, step, height_of) for values in series), _ticks(top, 0, height_of))


SIDE = 420
MARGIN = 24
SMALLEST, LARGEST = 4.0, 22.0
LETTER, LINE = 6.2, 12.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One customer in the matrix; `provisional` when too little is known of it.

    `named` when there is room for its name, the larger ones first, with its middle at `name_x`, `name_y`.
    """

    key: str
    name: str
    x: float
    y: float
    radius: float
    provisional: bool
    named: bool = False
    name_x: float = 0.0
    name_y: float = 0.0


@dataclass(frozen=True, slots=True)
class Matrix:
    """Dots on a square of 0 to 100 points each way, the size by turnover, and who has no place in it."""

    dots: tuple[Dot, ...]
    absent: tuple[str, ...]
    side: int = SIDE
    middle: float = SIDE / 2
    margin: int = MARGIN


Spot = tuple[str, str, Decimal | None, Decimal | None, Decimal | int | None, bool]
"""Key, name, points to the right, points upwards, size, provisional."""


def matrix(spots: Sequence[Spot]) -> Matrix:
    """Customers by strength (to the right) and attractiveness (upwards)."""
    largest = max([float(size or 0) for *_, size, _ in spots] + [1.0])
    inner = SIDE - 2 * MARGIN
    dots, absent = [], []
    for key, name, right, upwards, size, provisional in spots:
        if right is None or upwards is None:
            absent.append(name)
            continue
        part = max(float(size or 0), 0.0) / largest
        radius = round(SMALLEST + (LARGEST - SMALLEST) * float(part**0.5), 1)
        x = round(MARGIN + inner * float(right) / 100, 1)
        y = round(MARGIN + inner * (100 - float(upwards)) / 100, 1)
        dots.append(Dot(key, name, x, y, radius, provisional))
    return Matrix(_named(sorted(dots, key=lambda dot: -dot.radius)), tuple(absent))


def _named(dots: Sequence[Dot]) -> tuple[Dot, ...]:
    """Dots with names above, below or beside them where they cover no dot and no larger one's name."""
    taken: list[tuple[float, float, float]] = []
    found = []
    for dot in dots:
        half = len(dot.name) * LETTER / 2
        others = [other for other in dots if other is not dot]
        room = (place for place in _beside(dot, half) if _free(*place, half, others, taken))
        place = next(room, None)
        if place is None:
            found.append(dot)
            continue
        taken.append((*place, half))
        found.append(replace(dot, named=True, name_x=round(place[0], 1), name_y=round(place[1], 1)))
    return tuple(found)


def _beside(dot: Dot, half: float) -> Iterator[tuple[float, float]]:
    """Middles for the dot's name, that many wide to each side, inside the square: the best first."""
    away = dot.radius + LINE / 2
    middle = min(max(dot.x, half), SIDE - half)
    for x, y in (
        (middle, dot.y - away),
        (middle, dot.y + away),
        (dot.x + away + half, dot.y),
        (dot.x - away - half, dot.y),
    ):
        if half <= x <= SIDE - half:
            yield x, y


def _free(
    x: float, y: float, half: float, dots: Iterable[Dot], taken: Iterable[tuple[float, float, float]]
) -> bool:
    """Whether a name of that half width covers neither a dot nor another name."""
    return all(abs(y - up) > LINE or abs(x - right) > half + wide for right, up, wide in taken) and all(
        abs(y - dot.y) > dot.radius + LINE / 2 or abs(x - dot.x) > half + dot.radius for dot in dots
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """A running sum from 0, with the heights of nothing, half and the whole, and where a fifth ends."""

    points: str
    nothing: float
    half: float
    whole: float
    fifth: float
    width: int = WIDTH
    height: int = HEIGHT


def curve(sums: Sequence[Decimal]) -> Curve:
    """The curve through running sums, 1 being the whole."""
    top = max([float(value) for value in sums] + [1.0])
    inner = HEIGHT - 2 * EDGE

    def height_of(value: float) -> float:
        return round(EDGE + inner * (top - value) / top, 2)

    step = WIDTH / max(len(sums), 1)
    places = [(0.0, height_of(0.0))] + [
        (round((n + 1) * step, 2), height_of(float(value))) for n, value in enumerate(sums)
    ]
    return Curve(
        points=" ".join(f"{x},{y}" for x, y in places),
        nothing=height_of(0.0),
        half=height_of(0.5),
        whole=height_of(1.0),
        fifth=WIDTH / 5,
    )
