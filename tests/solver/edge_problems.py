"""200 problems at the edge of what the format allows, or one step beyond, each with its known answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rule_world import line, person, request, world

from solver.problem import (
    VALUE_LIMIT,
    Candidate,
    DepartmentCap,
    Floor,
    Hours,
    Level,
    Lock,
    Problem,
    Published,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFLICT = "conflict"
BILLION = 10**9


@dataclass(frozen=True)
class Edge:
    """One edge problem.

    Attributes:
        due: The greatest value there is; or "conflict"; or the code of the error it must be refused with.
        small: Whether brute force can try every plan, and confirm `due`.
        levels: The level each request must have, where that is the point.
    """

    name: str
    problem: Problem
    due: int | str
    small: bool = True
    levels: tuple[tuple[str, int], ...] = ()


def edges() -> Iterator[Edge]:
    """All of them, each name once."""
    for family in (
        zero_capacity,
        empty,
        contradictions,
        money,
        alternatives,
        weeks,
        chunks,
        parallel,
        paces,
        orders,
        promises,
        lateness,
        caps_and_walls,
        published,
        names,
        numbers,
        twins,
        nothing_to_do,
    ):
        yield from family()


def zero_capacity() -> Iterator[Edge]:
    """Nobody has an hour: everything is refused, and that is proven."""
    for count in range(1, 14):
        nobody = person(capacity=(0,) * count)
        yield Edge(f"zero/{count}", world((nobody,), (request(),), (line(weeks=(0, count - 1)),)), 0)
    for hours, value in ((8, 100), (7, 0)):
        extra = person(capacity=(0, 0), expedite=(hours, 0))
        fast = world((extra,), (request(),), (line(expedite=True),))
        yield Edge(f"zero/expedite-{hours}", fast, value)
        yield Edge(f"zero/not-expedite-{hours}", world((extra,), (request(),), (line(),)), 0)
    both = (person(capacity=(0, 0)), person("bob", capacity=(0, 8)))
    yield Edge("zero/one-of-two", world(both, (request(),), (line(),)), 100)
    yield Edge("zero/wrong-week", world(both, (request(),), (line(weeks=(0, 0)),)), 0)


def empty() -> Iterator[Edge]:
    """Lists without rows."""
    yield Edge("empty/all", Problem("empty", ()), 0)
    yield Edge("empty/weeks-only", Problem("empty", ("2027-W01",)), 0)
    yield Edge("empty/no-requests", world((person(),), (), ()), 0)
    nobody = Problem("empty", ("2027-W01", "2027-W02"), (), (request(),), (line(),))
    yield Edge("empty/nobody", nobody, 0)
    yield Edge("empty/no-lines", world((person(),), (request(options=((),)),), ()), "E_EMPTY")
    yield Edge("empty/no-options", world((person(),), (request(options=()),), ()), "E_EMPTY")
    yield Edge("empty/no-levels", world((person(),), (request(worth=()),), (line(hours=()),)), "E_EMPTY")
    idle = world((person(),), (request(),), (line(needs={"t": 1}),))
    yield Edge("empty/nobody-able", idle, 0)
    yield Edge("empty/no-candidates", world((person(),), (request(),), (line(candidates=()),)), 0)


def _locked(*locks: Lock) -> Problem:
    people = (person(), person("bob"))
    requests = (request(worth=(40, 100)), request("q"))
    return world(people, requests, (line(hours=(4, 8)), line("q.1", weeks=(0, 0))), locks=locks)


def contradictions() -> Iterator[Edge]:
    """Locks against each other, against capacity, against skill; and pairs that only look like it."""
    ann: dict[str, Any] = {"line": "r.1", "specialist": "ann"}

    def frozen(hours: int, week: int = 0) -> Lock:
        return Lock("frozen", **ann, week=week, hours=hours)

    for least in range(2):
        for most in range(-1, 2):
            pair = (Lock("min_level", request="r", level=least), Lock("max_level", request="r", level=most))
            due: int | str = CONFLICT if most < least else (40, 100)[most] + 100
            yield Edge(f"locks/levels-{least}-{most}", _locked(*pair), due)
    # Ann has 10 a week; the line takes 4 or 8; another request is worth 100 and fits beside it with Bob.
    yield Edge("locks/frozen-twice", _locked(frozen(4), frozen(5)), CONFLICT)
    yield Edge("locks/frozen-too-much", _locked(frozen(11)), CONFLICT)
    yield Edge("locks/frozen-no-level", _locked(frozen(3), frozen(0, week=1)), CONFLICT)
    yield Edge("locks/frozen-half", _locked(frozen(4), frozen(0, week=1)), 140)
    yield Edge("locks/frozen-all", _locked(frozen(8)), 200)
    yield Edge("locks/frozen-none", _locked(frozen(0)), 200)
    refused = Lock("max_level", request="r", level=-1)
    yield Edge("locks/frozen-refused", _locked(frozen(4), refused), CONFLICT)
    yield Edge("locks/frozen-forbidden", _locked(frozen(4), Lock("forbid", **ann)), CONFLICT)
    forbidden = (Lock("forbid", **ann), Lock("forbid", line="r.1", specialist="bob"))
    yield Edge("locks/nobody-left", _locked(*forbidden), 100)
    yield Edge("locks/nobody-forced", _locked(*forbidden, Lock("min_level", request="r", level=0)), CONFLICT)
    pins = (Lock("pin", **ann), Lock("pin", line="r.1", specialist="bob"))
    yield Edge("locks/two-pins-one-place", _locked(*pins), 100)
    yield Edge("locks/two-pins-forced", _locked(*pins, Lock("min_level", request="r", level=0)), CONFLICT)
    yield Edge("locks/pin-forbidden", _locked(Lock("pin", **ann), Lock("forbid", **ann)), 100)
    yield Edge("locks/min-refused", _locked(Lock("min_level", request="r", level=-1)), 200)
    yield Edge("locks/no-such-level", _locked(Lock("min_level", request="r", level=2)), "E_RANGE")
    yield Edge("locks/no-such-line", _locked(Lock("pin", line="x", specialist="ann")), "E_REFERENCE")
    yield Edge("locks/no-fields", _locked(Lock("pin")), "E_LOCK_FIELDS")


def money() -> Iterator[Edge]:
    """Amounts at the limit are exact; one more is refused."""
    for value in (0, 1, VALUE_LIMIT - 1, VALUE_LIMIT):
        yield Edge(f"money/{value}", world((person(),), (request(worth=(value,)),), (line(),)), value)
        loss = world((person(),), (request(worth=(-value,)),), (line(),))
        yield Edge(f"money/minus-{value}", loss, 0)
        forced = replace(loss, locks=(Lock("min_level", request="r", level=0),))
        yield Edge(f"money/forced-minus-{value}", forced, -value)
    for value in (VALUE_LIMIT + 1, 10 * VALUE_LIMIT):
        for sign in (1, -1):
            over = world((person(),), (request(worth=(sign * value,)),), (line(),))
            yield Edge(f"money/over-{sign * value}", over, "E_SCALE")
    two = (request(worth=(VALUE_LIMIT - 7,)), request("q", worth=(7,)))
    yield Edge("money/sum-at-limit", world((person(),), two, (line(), line("q.1"))), VALUE_LIMIT)
    more = (request(worth=(VALUE_LIMIT - 7,)), request("q", worth=(8,)))
    yield Edge("money/sum-over", world((person(),), more, (line(), line("q.1"))), "E_SCALE")
    bonus = request(worth=(VALUE_LIMIT,), option_bonus=(1,))
    yield Edge("money/bonus-over", world((person(),), (bonus,), (line(),)), "E_SCALE")
    far = world((person(),), (request(worth=(10 * VALUE_LIMIT + 1,)),), (line(),))
    yield Edge("money/number-over", far, "E_RANGE")


def alternatives() -> Iterator[Edge]:
    """One of up to 1,000 options is the best, wherever it stands."""
    for count in (1, 2, 10, 100, 1000):
        for place in sorted({0, count // 2, count - 1}):
            bonus = tuple(9 if i == place else i % 9 for i in range(count))
            many = request(options=tuple((f"r.{i}",) for i in range(count)), option_bonus=bonus)
            lines = tuple(line(f"r.{i}") for i in range(count))
            yield Edge(f"options/{count}-{place}", world((person(),), (many,), lines), 109, small=count < 50)


def weeks() -> Iterator[Edge]:
    """Years of 53 weeks have a week 53; others have none."""
    first = world((person(capacity=(10,)),), (request(),), (line(weeks=(0, 0)),))
    for year, long in ((2015, 1), (2020, 1), (2025, 0), (2026, 1), (2027, 0), (2032, 1)):
        due: int | str = 100 if long else "E_WEEK"
        yield Edge(f"weeks/{year}-53", replace(first, weeks=(f"{year}-W53",)), due)
    for label in ("2026-W00", "2026-W54", "2026-53", "W53", "", "0000-W01", "2026-W1"):
        yield Edge(f"weeks/bad-{label}", replace(first, weeks=(label,)), "E_WEEK")
    three = world((person(capacity=(3, 3, 2)),), (request(),), (line(weeks=(0, 2)),))
    turn = ("2026-W52", "2026-W53", "2027-W01")
    yield Edge("weeks/turn-of-the-year", replace(three, weeks=turn), 100)
    yield Edge("weeks/backwards", replace(three, weeks=turn[::-1]), "E_WEEK")
    yield Edge("weeks/twice", replace(three, weeks=(turn[0], turn[0], turn[2])), "E_WEEK")
    yield Edge("weeks/gap", replace(three, weeks=("2026-W40", "2026-W53", "2027-W20")), 100)
    yield Edge("weeks/too-few", replace(three, weeks=turn[:2]), "E_LENGTH")


def chunks() -> Iterator[Edge]:
    """A useful amount against room, need and what is left of it."""
    rooms: list[tuple[int, int]] = [(4, 4), (5, 3), (7, 1), (8, 0)]
    for chunk in (1, 3, 4, 5, 8, 9, BILLION):
        for room in rooms:
            # 8 hours in two weeks: each week none or the chunk, which is never more than the whole need.
            useful = min(chunk, 8)
            fits = all(hours == 0 or hours >= useful for hours in room)
            someone = person(capacity=room, min_chunk=chunk)
            yield Edge(f"chunk/{chunk}-{room}", world((someone,), (request(),), (line(),)), 100 * fits)


def parallel() -> Iterator[Edge]:
    """At most so many requests in a week."""
    for most in (0, 1, 2, 3, BILLION):
        names = ("a", "b", "c")
        someone = person(capacity=(10,), max_parallel=most)
        lines = tuple(line(f"{name}.1", (2,), (0, 0)) for name in names)
        problem = world((someone,), tuple(request(name) for name in names), lines)
        yield Edge(f"parallel/{most}", problem, 100 * min(most, 3))


def paces() -> Iterator[Edge]:
    """Eight hours in two weeks, so many a week."""
    for least in (None, 0, 3, 4, 5, 9):
        for most in (None, 3, 4, 5):
            pace = line(weekly_min=least, weekly_max=most)
            fits = (least or 0) <= 4 and (8 if most is None else most) >= 4
            wrong = least is not None and most is not None and least > most
            due: int | str = "E_WEEKLY" if wrong else 100 * fits
            yield Edge(f"pace/{least}-{most}", world((person(),), (request(),), (pace,)), due)


def orders() -> Iterator[Edge]:
    """Chains of lines that wait for each other, and circles."""
    for length in (1, 2, 3, 4):
        names = tuple(f"r.{i}" for i in range(length))
        chain = tuple(
            line(name, (4,), (0, 3), after=names[i - 1 : i] if i else ()) for i, name in enumerate(names)
        )
        # Four hours a week: the chain ends in the week of its length; the week before that is too early.
        someone = person(capacity=(4, 4, 4, 4))
        for end in (length - 1, length - 2):
            late = Level("1", 0, value_by_end=((max(end, 0), 50),))
            problem = world((someone,), (request(levels=(late,), options=(names,)),), chain)
            fits = end >= length - 1 or length == 1
            yield Edge(f"after/{length}-by-{end}", problem, 50 * fits)
        circle = (replace(chain[0], after=names[-1:]), *chain[1:])
        problem = world((someone,), (request(options=(names,)),), circle)
        yield Edge(f"after/circle-{length}", problem, "E_CYCLE")


def promises() -> Iterator[Edge]:
    """Promises and floors that cannot be kept are missed, never in the way."""
    weak, strong = request(worth=(10,), obligation=0), request("q", worth=(90,))
    for room, due in ((16, 100), (8, 10), (7, 0)):
        lines = (line(weeks=(0, 0)), line("q.1", weeks=(0, 0)))
        someone = person(capacity=(room,))
        yield Edge(f"promise/{room}", world((someone,), (weak, strong), lines), due)
        for value in (0, 1, 10, 50, VALUE_LIMIT // 2):
            floor = (Floor(value, purpose="win"),)
            free = replace(weak, obligation=None, purpose="win")
            problem = world((someone,), (free, strong), lines, floors=floor)
            yield Edge(f"floor/{room}-{value}", problem, due if value else {16: 100, 8: 90, 7: 0}[room])


def lateness() -> Iterator[Edge]:
    """A value that falls with the week in which the work ends."""
    for room, due in (((8, 0, 0), 100), ((0, 8, 0), 60), ((0, 0, 8), 0), ((7, 1, 0), 60), ((4, 4, 8), 60)):
        late = request(levels=(Level("1", 999, value_by_end=((0, 100), (1, 60))),))
        problem = world((person(capacity=room),), (late,), (line(weeks=(0, 2)),))
        yield Edge(f"late/{room}", problem, due)
    rising = request(levels=(Level("1", 9, value_by_end=((0, 1), (1, 2))),))
    yield Edge("late/rising", world((person(),), (rising,), (line(),)), "E_VALUES_RISING")


def caps_and_walls() -> Iterator[Edge]:
    """What a department, and what one person may do in all."""
    for hours in (0, 7, 8, 15, 16, BILLION):
        both = (request(), request("q"))
        for week in (None, 0):
            cap = (DepartmentCap("eng", week, hours),)
            problem = world((person(capacity=(16, 0)),), both, (line(), line("q.1")), department_caps=cap)
            yield Edge(f"cap/{hours}-{week}", problem, 100 * min(hours // 8, 2))
    yield Edge(
        "cap/nobody-there",
        world((person(),), (request(),), (line(),), department_caps=(DepartmentCap("x", None, 0),)),
        100,
    )
    for wall, due in ((("r", "q"), 100), (("r", "r"), 200), (("r",), 200), (("r", "zoo"), 200)):
        problem = world((person(),), (request(), request("q")), (line(), line("q.1")), walls=(wall,))
        yield Edge(f"wall/{'-'.join(wall)}", problem, due)


def published() -> Iterator[Edge]:
    """What taking back costs: nothing, something, more than it brings."""
    for price, due in ((0, 100), (2, 84), (100, 10), (VALUE_LIMIT // 100, 10)):
        for free, cost in ((0, False), (1, True), (BILLION, True)):
            old = Published(price, free, (Hours("q.1", "ann", 0, 8),))
            someone = person(capacity=(8, 0))
            lines = (line(), line("q.1"))
            problem = world((someone,), (request(), request("q", worth=(10,))), lines, published=old)
            # The old request is worth 10, the new one 100; taking back 8 hours costs 8 times the price.
            yield Edge(f"published/{price}-{free}", problem, due if cost else 100)
    odd = Published(3, 1, (Hours("r.1", "ann", 0, 8),))
    yield Edge("published/odd", world((person(),), (request(),), (line(),), published=odd), "E_PRICE_ODD")
    gone = Published(2, 1, (Hours("x", "ann", 0, 8),))
    yield Edge("published/gone", world((person(),), (request(),), (line(),), published=gone), "E_REFERENCE")


def names() -> Iterator[Edge]:
    """Ids as long and as odd as they may be."""
    for name in ("x" * 64, "A.b_c-d", "0", "-", "."):
        problem = world((person(name),), (request(name),), (line(f"{name}.1"[-64:]),))
        requests = (replace(problem.requests[0], options=((problem.lines[0].id,),)),)
        yield Edge(f"names/{name[:8]}", replace(problem, requests=requests), 100)
    for name in ("x" * 65, "", "a b", "a/b", "é", "a:b", "a\n"):
        problem = world((person(name),), (request(),), (line(),))
        yield Edge(f"names/bad-{name[:8]!r}", problem, "E_ID")


def numbers() -> Iterator[Edge]:
    """Hours as large as they may be, and beyond."""
    for hours, room, due in ((BILLION, BILLION, 100), (BILLION, BILLION - 1, 0), (1, BILLION, 100)):
        problem = world((person(capacity=(room, 0)),), (request(),), (line(hours=(hours,)),))
        yield Edge(f"hours/{hours}-{room}", problem, due, small=False)
    halves = (person(capacity=(BILLION, 0)), person("bob", capacity=(0, BILLION)))
    team = line(hours=(BILLION,), max_specialists=2)
    yield Edge("hours/shared", world(halves, (request(),), (team,)), 100, small=False)
    for wrong in (-1, BILLION + 1):
        yield Edge(f"hours/{wrong}", world((person(capacity=(wrong, 0)),), (), ()), "E_RANGE")
        yield Edge(
            f"hours/line-{wrong}", world((person(),), (request(),), (line(hours=(wrong,)),)), "E_RANGE"
        )
    falling = world((person(),), (request(worth=(1, 2)),), (line(hours=(4, 3)),))
    yield Edge("hours/falling", falling, "E_HOURS_FALLING")
    own = line(candidates=(Candidate("ann", (0,)),))
    yield Edge("hours/own-zero", world((person(),), (request(),), (own,)), "E_HOURS_ZERO")


def twins() -> Iterator[Edge]:
    """Requests that are alike in everything but the id: the earlier filed, then the smaller id."""
    for count in (2, 3, 5):
        requests = tuple(request(f"r{i}", submitted=0) for i in range(count))
        lines = tuple(line(f"r{i}.1", weeks=(0, 0)) for i in range(count))
        problem = world((person(capacity=(8,)),), requests, lines)
        yield Edge(f"twins/{count}", problem, 100, levels=(("r0", 0),))
        late = tuple(replace(r, submitted=count - i) for i, r in enumerate(requests))
        last = ((f"r{count - 1}", 0),)
        yield Edge(f"twins/{count}-last-first", replace(problem, requests=late), 100, levels=last)


def nothing_to_do() -> Iterator[Edge]:
    """Lines and levels without hours are granted for nothing."""
    yield Edge("nothing/line", world((person(),), (request(),), (line(hours=(0,)),)), 100)
    levels = world((person(capacity=(0, 0)),), (request(worth=(5, 100)),), (line(hours=(0, 8)),))
    yield Edge("nothing/small-level", levels, 5, levels=(("r", 0),))
    both = world(
        (person(),), (request(options=(("r.1", "r.2"),)),), (line(), line("r.2", (0,), needs={"t": 1}))
    )
    yield Edge("nothing/one-line", both, 100)
    slow = world((person(),), (request(),), (line(hours=(0,), weekly_min=50),))
    yield Edge("nothing/pace", slow, 100)
