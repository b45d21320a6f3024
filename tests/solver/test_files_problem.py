"""Reading and writing planner-problem/1, and the hash that names a problem."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from random_problems import random_problem
from samples import FIXTURES, document, row

from solver.files import problem_hash, read_problem, write_problem
from solver.problem import Candidate, Lock

if TYPE_CHECKING:
    from collections.abc import Callable

SMALLEST: dict[str, Any] = {
    "format": "planner-problem/1",
    "name": "smallest",
    "weeks": ["2027-W01"],
    "specialists": [{"id": "ann", "department": "legal", "capacity": [8], "skills": {}}],
    "requests": [
        {"id": "r", "account": "a", "kam": "k", "levels": [{"fraction": "1", "value": 1}], "options": [["l"]]}
    ],
    "lines": [{"id": "l", "needs": {}, "hours": [8], "first_week": 0, "last_week": 0}],
}
"""Only what is mandatory."""


def test_what_is_left_out_has_the_documented_default() -> None:
    """A file with the mandatory keys alone gives every default of docs/file-formats.md."""
    problem = read_problem(json.dumps(SMALLEST))
    person, request, line = problem.specialists[0], problem.requests[0], problem.lines[0]
    assert (problem.currency, problem.walls, problem.locks, problem.floors) == ("EUR", (), (), ())
    assert problem.published is None
    assert (person.expedite, person.max_parallel, person.min_chunk) == ((), None, 0)
    assert (request.submitted, request.option_bonus, request.purpose, request.obligation) == (0, (), "", None)
    assert (request.levels[0].second, request.levels[0].value_by_end) == (0, ())
    assert (line.max_specialists, line.weekly_min, line.weekly_max, line.preferred) == (1, None, None, None)
    assert (line.required, line.excluded, line.after, line.expedite, line.candidates) == (
        None,
        (),
        (),
        False,
        None,
    )


def test_full_fixture_is_read_as_it_stands() -> None:
    """Spot checks of every kind of row in the fixture that has them all."""
    problem = read_problem((FIXTURES / "full" / "problem.json").read_bytes())
    assert problem.specialist["ann"].capacity == (96, 32)
    assert problem.specialist["ann"].expedite == (8, 8)
    assert problem.request["r1"].levels[1].value_by_end == ((0, 3_000_000), (1, 2_400_000))
    assert problem.request["r3"].options == (("r3.opinion",), ("r3.draft", "r3.review"))
    assert problem.line["r2.arch"].candidates == (Candidate("bob", (40,), 2000),)
    assert problem.line["r1.arch"].preferred == ("ann", 5000)
    assert problem.locks[1] == Lock("forbid", line="r1.arch", specialist="bob")
    assert problem.published is not None
    assert problem.published.price == 624


def test_null_stands_for_what_is_not_given() -> None:
    """Keys whose default is none may be written as null."""
    data = json.loads(json.dumps(SMALLEST))
    data["specialists"][0] |= {"expedite": None, "max_parallel": None}
    data["requests"][0] |= {"purpose": None, "obligation": None}
    nothing = {
        "weekly_min": None,
        "weekly_max": None,
        "preferred": None,
        "required": None,
        "candidates": None,
    }
    data["lines"][0] |= nothing
    data["published"] = None
    assert read_problem(json.dumps(data)) == read_problem(json.dumps(SMALLEST))


@pytest.mark.parametrize("seed", range(30))
def test_a_written_problem_reads_back_equal(seed: int) -> None:
    """Nothing is lost or changed on the way through a file."""
    problem = random_problem(seed)
    again = read_problem(write_problem(problem))
    assert again == problem
    assert problem_hash(again) == problem_hash(problem)


def shuffled(value: Any, dice: Random) -> Any:
    """The same rows and keys in another order; lists whose order means something are left alone."""
    if isinstance(value, dict):
        keys = list(value)
        dice.shuffle(keys)
        return {key: shuffled(value[key], dice) for key in keys}
    if isinstance(value, list) and value and isinstance(value[0], dict) and "fraction" not in value[0]:
        rows = [shuffled(entry, dice) for entry in value]
        dice.shuffle(rows)
        return rows
    return value


@pytest.mark.parametrize("name", ["tiny", "quarrel", "full"])
def test_the_hash_does_not_see_the_order_of_rows(name: str) -> None:
    """Rows and keys in any order are the same problem."""
    data = document(name)
    expected = problem_hash(read_problem(json.dumps(data)))
    assert expected.startswith("sha256:")
    for seed in range(10):
        mixed = shuffled(data, Random(seed))
        assert problem_hash(read_problem(json.dumps(mixed))) == expected


def test_the_hash_does_not_see_whether_a_default_is_written() -> None:
    """Zeros for expedite and option_bonus, doubled names and empty lists say nothing new."""
    data = json.loads(json.dumps(SMALLEST))
    data["specialists"][0] |= {"expedite": [0], "min_chunk": 0}
    data["requests"][0] |= {"submitted": 0, "option_bonus": [0], "purpose": ""}
    data["lines"][0] |= {"max_specialists": 1, "excluded": [], "expedite": False}
    data |= {"currency": "EUR", "walls": [], "locks": [], "floors": [], "department_caps": []}
    assert problem_hash(read_problem(json.dumps(data))) == problem_hash(read_problem(json.dumps(SMALLEST)))


def test_the_hash_sees_every_number() -> None:
    """Changing any one number or name of the file gives another hash; 'submitted' by position counts too."""
    seen = {problem_hash(read_problem(json.dumps(document())))}
    changes: list[Callable[[Any], object]] = [
        lambda d: d["specialists"][0]["capacity"].__setitem__(0, 97),
        lambda d: row(d, "requests", "r1")["levels"][0].__setitem__("value", 1),
        lambda d: row(d, "requests", "r3")["options"].reverse(),
        lambda d: row(d, "lines", "r1.arch").__setitem__("expedite", True),
        lambda d: d["locks"].pop(),
        lambda d: d["published"].__setitem__("price", 626),
        lambda d: d.__setitem__("name", "other"),
        lambda d: d.pop("published"),
    ]
    for change in changes:
        data = document()
        change(data)
        seen.add(problem_hash(read_problem(json.dumps(data))))
    assert len(seen) == len(changes) + 1


def test_submitted_is_the_place_in_the_file() -> None:
    """Without `submitted` the first request is filed as 0, the second as 1; a given number stands."""
    data = document()
    for entry in data["requests"]:
        del entry["submitted"]
    data["requests"][2]["submitted"] = 40
    problem = read_problem(json.dumps(data))
    assert [request.submitted for request in problem.requests] == [0, 1, 40, 3, 4, 5, 6]


def test_labels_need_not_be_used() -> None:
    """A wall, a cap or a floor may name an account, a department or a purpose nobody has this time."""
    data = document()
    data["walls"].append(["nobody", "no-one"])
    data["department_caps"].append({"department": "sleeping", "week": None, "hours": 0})
    data["floors"].append({"purpose": "defend", "value": 0})
    assert read_problem(json.dumps(data)).walls[1] == ("nobody", "no-one")


def test_a_problem_with_nothing_to_plan_is_sound() -> None:
    """No requests, no specialists, no weeks: nothing to plan is no error."""
    data = SMALLEST | {"weeks": [], "specialists": [], "requests": [], "lines": []}
    assert read_problem(json.dumps(data)).requests == ()


def test_texts_keep_every_character() -> None:
    """Names in any language survive, in the file and in the hash."""
    data = SMALLEST | {"name": "Žižka & Łódź — 東京 😀"}
    problem = read_problem(json.dumps(data))
    assert read_problem(write_problem(problem).encode()).name == "Žižka & Łódź — 東京 😀"


def test_a_byte_order_mark_is_read_over() -> None:
    """Editors that put one in front of UTF-8 do no harm."""
    assert read_problem(b"\xef\xbb\xbf" + json.dumps(SMALLEST).encode()).name == "smallest"
