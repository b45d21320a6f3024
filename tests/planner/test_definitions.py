"""Leadership changes what "key" means: a draft, what it would change, a second person, then never again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from factories import World, events, refused
from judged import criterion, defined, rated, year
from sqlalchemy.exc import IntegrityError

from planner.judging import KeyReason, judge
from planner.qualifying import active_definition
from planner.records import CriterionKind, DefinitionState, KeyAccountDefinition
from planner.services.customers import contacts, definition_effects, definitions, ratings
from planner.services.customers.contacts import ContactValues
from planner.services.customers.definition_values import DefinitionValues, NamedValues
from planner.worth import Dependency

TODAY = date(2027, 1, 4)


@pytest.fixture
def strategic(world: World) -> World:
    """Alfa refers us to others, Gamma does not; both earn the same."""
    defined(
        world,
        criterion("reference"),
        criterion("profit", kind=CriterionKind.MONETARY, enters_strategic_weight=False),
    )
    for account, value in (("alfa", 100), ("gamma", 0)):
        rated(world, account, "reference", value)
        year(world, account, 1_200_000)
    return world


def _draft(world: World) -> tuple[KeyAccountDefinition, DefinitionValues]:
    with world.database.writing() as session:
        row = definitions.draft_definition(session, world.actor("lukas"))
        return row, definitions.values_of(row)


def _edit(world: World, row: KeyAccountDefinition, values: DefinitionValues) -> KeyAccountDefinition:
    with world.database.writing() as session:
        return definitions.edit_definition(session, world.actor("lukas"), row.id, row.version, values)


def _step(world: World, who: str, step: str, row: KeyAccountDefinition) -> KeyAccountDefinition:
    with world.database.writing() as session:
        found: KeyAccountDefinition = getattr(definitions, step)(
            session, world.actor(who), row.id, row.version
        )
        return found


def test_a_draft_begins_with_the_version_in_force(strategic: World) -> None:
    """There is one open version at a time; asking again gives the same one."""
    row, values = _draft(strategic)
    assert [c.key for c in values.criteria if c.swing_points] == ["reference", "profit"]
    assert (row.state, row.number, values.valid_from) == (DefinitionState.DRAFT, 3, date(2027, 1, 5))
    assert _draft(strategic)[0].id == row.id


def test_a_draft_offers_the_usual_criteria_that_the_version_lacks(strategic: World) -> None:
    """People met lately get all points; before, they weighed nothing and nobody was asked for them.

    Two of Alfa's people were spoken to in December; from 0 to 5 that is 40 of 100.
    """
    row, values = _draft(strategic)
    usual = {
        "potential",
        "sales_value",
        "market_entry",
        "competitive_position",
        "assortment",
        "repeat_orders",
    }
    assert usual | {"share", "stability", "contacts_met"} <= {
        c.key for c in values.criteria if not c.swing_points
    }
    for name in ("Ida", "Olaf"):
        met = ContactValues(name, "", "purchasing", "user", False, None, None, date(2026, 12, 20))
        with strategic.database.writing() as session:
            contacts.save_contact(session, strategic.actor("nora"), strategic.ids["alfa"], met)
    criteria = tuple(replace(c, swing_points=100 * (c.key == "contacts_met")) for c in values.criteria)
    saved = _edit(strategic, row, replace(values, criteria=criteria))
    _step(strategic, "lukas", "propose_definition", saved)
    with strategic.database.reading() as session:
        tried = session.get_one(KeyAccountDefinition, saved.id)
        alfa = judge(session, date(2027, 1, 5), tried).judged[strategic.ids["alfa"]]
        assert alfa.standing.priority.value == 40
        asked = [c.key for c in ratings.criteria_in_force(session)]
        assert asked == ["reference", "profit"]


def test_the_effect_is_seen_before_it_counts(strategic: World) -> None:
    """Without reach, strategy moves nothing: Alfa falls from 1.5 to 1, Gamma rises from 0.5, ranks meet."""
    ours = strategic.submitted("nora", "alfa", benefits=((0, 100_000),))
    theirs = strategic.submitted("kai", "gamma", benefits=((0, 200_000),))
    row, values = _draft(strategic)
    saved = _edit(strategic, row, replace(values, kappa=0, key_share=600, critical_share=600))
    with strategic.database.reading() as session:
        tried = session.get_one(KeyAccountDefinition, saved.id)
        changes = {c.after.account.name: c for c in definitions.account_changes(session, tried)}
        assert changes["Alfa"].classes == (Dependency.CRITICAL, Dependency.ORDINARY)
        assert [w.value for w in changes["Alfa"].weights] == [1.5, 1]
        assert [w.value for w in changes["Gamma"].weights] == [0.5, 1]
        waiting, ranks = definition_effects.rank_changes(session, tried)
        # 0.3 of 1,000 x 1.5 = 450 led 0.3 of 2,000 x 0.5 = 300; at 1 each it is 300 behind 600.
        told = {c.request.id: (c.rank_before, c.rank_after, c.value_before, c.value_after) for c in ranks}
        assert waiting == 2
        assert told == {theirs.id: (2, 1, 30_000, 60_000), ours.id: (1, 2, 45_000, 30_000)}
        assert judge(session, TODAY).judged[strategic.ids["alfa"]].dependency is Dependency.CRITICAL


def test_a_second_person_puts_it_in_force(strategic: World) -> None:
    """Lukas proposes and cannot approve; Lydia does, the old one ends the day before, both are kept."""
    row, values = _draft(strategic)
    row = _edit(strategic, row, replace(values, kappa=0, valid_from=date(2027, 1, 11)))
    row = _step(strategic, "lukas", "propose_definition", row)
    denied = refused(strategic, "lukas", definitions.approve_definition, row.id, row.version)
    assert denied.code == "E_SECOND_PERSON"
    _step(strategic, "lydia", "approve_definition", row)
    with strategic.database.reading() as session:
        old, new = (active_definition(session, day) for day in (date(2027, 1, 10), date(2027, 1, 11)))
        assert old is not None
        assert new is not None
        assert (old.number, old.valid_to, new.number, new.kappa) == (2, date(2027, 1, 10), 3, 0)
    with pytest.raises(IntegrityError, match="kept from change"), strategic.database.writing() as session:
        session.get_one(KeyAccountDefinition, row.id).kappa = 900
    steps = [e.action for e in events(strategic) if e.action.startswith("definition")]
    assert steps == [
        *("definition.drafted", "definition.edited", "definition.proposed"),
        *("definition.retired", "definition.approved"),
    ]


def test_a_proposed_version_can_go_back(strategic: World) -> None:
    """With a reason, to be changed again; a proposed one is not edited."""
    row, values = _draft(strategic)
    row = _step(strategic, "lukas", "propose_definition", row)
    denied = refused(strategic, "lukas", definitions.edit_definition, row.id, row.version, values)
    assert denied.code == "E_STATE"
    with strategic.database.writing() as session:
        back = definitions.return_definition(
            session, strategic.actor("lydia"), row.id, row.version, "The reach is too large."
        )
        assert (back.state, back.proposed_by_id) == (DefinitionState.DRAFT, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key_share": 300}, "E_SHARES_ORDER"),
        ({"mono_severe": 1001}, "E_NUMBER_RANGE"),
        ({"valid_from": TODAY}, "E_VALID_FROM"),
        ({"basis": "charisma"}, "E_CHOICE"),
        ({"window_months": 0}, "E_NUMBER_RANGE"),
        ({"min_priority_score": 10_001}, "E_NUMBER_RANGE"),
        ({"flags": ("D7",)}, "E_REF_UNKNOWN"),
    ],
)
def test_what_is_not_well_formed_is_told(strategic: World, changes: dict[str, Any], code: str) -> None:
    """Nothing is stored, and the field is named."""
    row, values = _draft(strategic)
    denied = refused(
        strategic, "lukas", definitions.edit_definition, row.id, row.version, replace(values, **changes)
    )
    assert code in {problem.code for problem in denied.problems}


def test_criteria_keep_their_sense(strategic: World) -> None:
    """Anchors need a range, somebody needs points, money never weighs as strategy, names must exist."""
    row, values = _draft(strategic)
    reference, profit, *_ = values.criteria
    for criteria, code in (
        ((replace(reference, anchor_high_milli=0), profit), "E_ANCHORS"),
        ((replace(reference, swing_points=0), replace(profit, swing_points=0)), "E_NO_WEIGHT"),
        ((reference, replace(profit, enters_strategic_weight=True)), "E_MONEY_TWICE"),
    ):
        denied = refused(
            strategic,
            "lukas",
            definitions.edit_definition,
            row.id,
            row.version,
            replace(values, criteria=criteria),
        )
        assert [problem.code for problem in denied.problems] == [code]


def test_a_customer_can_be_key_by_name(strategic: World) -> None:
    """For a reason and a time; an unknown one cannot."""
    row, values = _draft(strategic)
    named = NamedValues(strategic.ids["beta"], "Opens a new market.", date(2027, 6, 30))
    saved = _edit(strategic, row, replace(values, named=(named,)))
    with strategic.database.reading() as session:
        tried = session.get_one(KeyAccountDefinition, saved.id)
        (change,) = definitions.account_changes(session, tried)
        assert change.after.reasons == (KeyReason.NAMED,)
    stranger = replace(named, account_id="nobody")
    denied = refused(
        strategic,
        "lukas",
        definitions.edit_definition,
        saved.id,
        saved.version,
        replace(values, named=(stranger,)),
    )
    assert denied.problems[0].code == "E_NAMED_ACCOUNT"


def test_drafts_are_leaderships_own(strategic: World) -> None:
    """Others see versions in force; an open one does not exist for them, and nobody else edits."""
    row, values = _draft(strategic)
    assert refused(strategic, "nora", definitions.view_definition, row.id).code == "E_NOT_FOUND"
    assert refused(strategic, "filip", definitions.edit_definition, row.id, 1, values).code == "E_FORBIDDEN"
    with strategic.database.reading() as session:
        seen = definitions.list_definitions(session, strategic.actor("nora"))
        assert [r.number for r in seen] == [2, 1]


def test_a_stale_save_is_refused(strategic: World) -> None:
    """Who saves over somebody else's change is told so."""
    row, values = _draft(strategic)
    _edit(strategic, row, replace(values, kappa=100))
    denied = refused(strategic, "lydia", definitions.edit_definition, row.id, row.version, values)
    assert denied.code == "E_VERSION_STALE"
