"""The seven aspects in figures: E11's answers by hand, and that nobody's mark can be read from them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.alignment import LEAST, OTHERS, Marks, element_view

E11 = {
    "KAM": Marks((2, 2, 3), (4, 4, 4)),
    "Engineering": Marks((4, 4, 5), (5, 5, 5)),
    "Legal": Marks((3, 3, 3), (4, 4, 4)),
}


@pytest.mark.acceptance
def test_e11_level_agreement_and_the_widest_gap() -> None:
    """Means 7/3, 13/3, 3: level (29/9 - 1)/4 = .556, agreement .584, KAM 2.0 below Engineering."""
    view = element_view(E11, against="KAM")
    assert [group.mean for group in view.groups] == [Fraction(13, 3), Fraction(7, 3), Fraction(3)]
    assert view.level == Fraction(5, 9)
    assert round(float(view.level), 3) == 0.556
    assert view.agreement is not None
    assert round(view.agreement, 3) == 0.584
    assert [(gap.one, gap.other, gap.size) for gap in view.gaps] == [("KAM", "Engineering", Fraction(2))]


@pytest.mark.acceptance
def test_e11_a_group_with_two_answers_is_hidden() -> None:
    """Finance answered twice: neither its mean nor any figure that its answers had moved."""
    view = element_view({**E11, "Finance": Marks((1, 1), (5, 5))})
    assert [group.group for group in view.groups] == ["Engineering", "KAM", "Legal"]
    assert (view.level, view.left_out) == (Fraction(5, 9), 2)


def test_small_groups_are_put_together() -> None:
    """Two groups of two make four answers under no name; two groups of one make too few."""
    two = element_view({**E11, "Finance": Marks((1, 1), (5, 5)), "Sales": Marks((3, 3), (5, 5))})
    assert [(g.group, g.answers, g.mean) for g in two.groups][-1] == (OTHERS, 4, Fraction(2))
    assert two.left_out == 0
    one = element_view({**E11, "Finance": Marks((1,), (5,)), "Sales": Marks((3,), (5,))})
    assert (len(one.groups), one.left_out) == (3, 2)


def test_nothing_to_show_is_unknown_and_not_zero() -> None:
    """No answers, or too few: level and agreement are unknown; one group alone has no agreement."""
    empty = element_view({})
    assert (empty.level, empty.agreement, empty.urgency, empty.gaps) == (None, None, None, ())
    alone = element_view({"KAM": Marks((3, 3, 3), (5, 5, 5))})
    assert (alone.level, alone.agreement, alone.target) == (Fraction(1, 2), None, Fraction(1))


def test_what_is_far_from_its_target_and_disputed_comes_first() -> None:
    """Level 2 wished 4 with groups at 1 and 3: (4 - 2) x (1 - .5) = 1.0; agreed on, it would be 0."""
    disputed = element_view({"A": Marks((1,) * 3, (4,) * 3), "B": Marks((3,) * 3, (4,) * 3)})
    agreed = element_view({"A": Marks((2,) * 3, (4,) * 3), "B": Marks((2,) * 3, (4,) * 3)})
    assert (disputed.urgency, agreed.urgency) == (1.0, 0.0)


@pytest.mark.parametrize("mark", [0, 6, -1])
def test_marks_run_from_one_to_five(mark: int) -> None:
    """Anything else is an error of the caller."""
    with pytest.raises(ValueError, match="1 to 5"):
        element_view({"KAM": Marks((mark,), (3,))})


GROUPS = st.dictionaries(
    st.sampled_from("ABCDEFG"), st.lists(st.integers(1, 5), max_size=7).map(tuple), max_size=7
)


@given(GROUPS)
def test_figures_stay_in_their_bounds_and_no_group_below_three_shows(
    groups: dict[str, tuple[int, ...]],
) -> None:
    """Level and agreement lie in 0 to 1; shown groups have three answers; nobody is lost or counted twice."""
    view = element_view({name: Marks(marks, marks) for name, marks in groups.items()})
    assert all(group.answers >= LEAST for group in view.groups)
    assert view.level is None or 0 <= view.level <= 1
    assert view.agreement is None or -1e-12 <= view.agreement <= 1 + 1e-12
    shown = sum(group.answers for group in view.groups)
    assert shown + view.left_out == sum(len(marks) for marks in groups.values())


@given(
    GROUPS, st.tuples(st.integers(1, 5), st.integers(1, 5)), st.tuples(st.integers(1, 5), st.integers(1, 5))
)
def test_a_hidden_group_moves_no_figure(
    groups: dict[str, tuple[int, ...]], one: tuple[int, int], other: tuple[int, int]
) -> None:
    """Whatever two people marked in a group that is hidden, the page is the same."""
    rest = {name: Marks(marks, marks) for name, marks in groups.items() if not 0 < len(marks) < LEAST}
    assert element_view({**rest, "H": Marks(one, one)}) == element_view({**rest, "H": Marks(other, other)})
