"""Charts drawn on the server."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from web.charts import LETTER, LINE, SIDE, Dot, Spot, lines, matrix


def _covers(dot: Dot, other: Dot) -> bool:
    """Whether the name of `dot` lies on the other dot or on its name."""
    half = len(dot.name) * LETTER / 2
    on_dot = (
        abs(dot.name_x - other.x) < half + other.radius
        and abs(dot.name_y - other.y) < other.radius + LINE / 2
    )
    wide = half + len(other.name) * LETTER / 2
    on_name = other.named and abs(dot.name_x - other.name_x) < wide and abs(dot.name_y - other.name_y) < LINE
    return on_dot or on_name


def test_names_in_the_matrix_cover_nothing() -> None:
    """Forty customers in a heap of three: those that are named can be read; nobody is lost."""
    spots: list[Spot] = [
        (
            f"k{n}",
            f"Customer {n} of many",
            Decimal(20 + 30 * (n % 3) + n % 7),
            Decimal(30 + n),
            1000 * n,
            False,
        )
        for n in range(40)
    ]
    dots = matrix(spots).dots
    named = [dot for dot in dots if dot.named]
    assert len(dots) == 40
    assert len(named) >= 4
    assert not [(a.key, b.key) for a, b in combinations(named, 2) if _covers(a, b) or _covers(b, a)]
    assert not [(a.key, b.key) for a in named for b in dots if b is not a and _covers(a, b)]
    assert all(dot.name_x - len(dot.name) * LETTER / 2 >= 0 and dot.name_x < SIDE for dot in named)


def test_a_lonely_customer_is_named_above_and_an_unknown_one_has_no_place() -> None:
    """In the corner the name moves in; without strength there is no place, and that is told."""
    found = matrix(
        [
            ("a", "Alfa Industries", Decimal(0), Decimal(50), 5, False),
            ("b", "Beta", None, Decimal(1), 5, True),
        ]
    )
    (dot,) = found.dots
    assert dot.named
    assert dot.name_y < dot.y - dot.radius
    assert dot.name_x > dot.x
    assert found.absent == ("Beta",)


def test_lines_share_one_scale_and_gaps_stay_gaps() -> None:
    """A known value beside an unknown one is a piece by itself; above the usual top the scale grows."""
    found = lines([[500, None, 1000], [None, None, 1250]], 1000)
    assert [len(pieces) for pieces in found.lines] == [2, 1]
    assert [value for _, value in found.ticks] == [1250, 0]
    first, last = found.lines[0]
    assert first.split(",")[0] == "120.00"
    assert float(last.split(",")[1]) == 8 + 204 * 250 / 1250
    assert lines([[], []], 1000).lines == ((), ())
