"""What is key to a team or a department: drafted, seen before, approved, shown to its people only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from factories import World, refused
from judged import criterion, defined, rated, year

from planner.judging import KeyReason, judge
from planner.qualifying import active_definition
from planner.records import Account, DefinitionScope, KeyAccountDefinition, User
from planner.services.customers import definition_effects, definitions, units
from planner.services.customers.definition_values import NamedValues
from planner.services.staff import users
from planner.units import COMPANY, Unit, customers_of
from planner.worth import Dependency

TODAY, TOMORROW = date(2027, 1, 4), date(2027, 1, 5)


@pytest.fixture
def team(world: World) -> World:
    """Nora reports to Sven; Alfa earns 7.5 % of the company, but three quarters of what their team earns."""
    defined(world, criterion("reference"))
    rated(world, "alfa", "reference", 100)
    for account, sales in (("alfa", 150_000), ("beta", 50_000), ("gamma", 1_800_000)):
        year(world, account, sales * 12)
    with world.database.writing() as session:
        nora = session.get_one(User, world.ids["nora"])
        users.change_user(
            session,
            world.actor("adam"),
            nora.id,
            nora.version,
            name="Nora",
            roles=["kam"],
            active=True,
            manager_id=world.ids["sven"],
        )
    return world


def svens(world: World) -> Unit:
    """The team of Sven: Nora's and his own customers."""
    return Unit(DefinitionScope.SALES_MANAGER, world.ids["sven"])


def draft(world: World, unit: Unit) -> KeyAccountDefinition:
    """Lukas begins a version."""
    with world.database.writing() as session:
        return definitions.draft_definition(session, world.actor("lukas"), unit)


def in_force(world: World, unit: Unit, monkeypatch: pytest.MonkeyPatch) -> KeyAccountDefinition:
    """A version drafted and proposed by Lukas, approved by Lydia, on its first day."""
    row = draft(world, unit)
    with world.database.writing() as session:
        row = definitions.propose_definition(session, world.actor("lukas"), row.id, row.version)
    with world.database.writing() as session:
        row = definitions.approve_definition(session, world.actor("lydia"), row.id, row.version)
    monkeypatch.setenv("PLANNER_TODAY", TOMORROW.isoformat())
    return row


def test_a_team_is_its_manager_and_who_reports_to_him(team: World) -> None:
    """Gamma is Kai's, who reports to nobody; nobody reports to Kai, so there is no such unit."""
    with team.database.reading() as session:
        held = customers_of(session, svens(team))
        assert {team.ids["alfa"], team.ids["beta"]} <= held
        assert team.ids["gamma"] not in held
    kais = Unit(DefinitionScope.SALES_MANAGER, team.ids["kai"])
    assert [p.code for p in refused(team, "lukas", definitions.draft_definition, kais).problems] == [
        "E_REF_UNKNOWN"
    ]


def test_a_person_reports_to_somebody_else_that_there_is(team: World) -> None:
    """Neither to nobody known nor to oneself."""
    for manager in ("a stranger", team.ids["nora"]):
        with team.database.reading() as session:
            version = session.get_one(User, team.ids["nora"]).version
        denied = refused(
            team,
            "adam",
            users.change_user,
            team.ids["nora"],
            version,
            name="Nora",
            roles=["kam"],
            active=True,
            manager_id=manager,
        )
        assert [(p.where, p.code) for p in denied.problems] == [("manager_id", "E_REF_UNKNOWN")]


def test_what_a_units_version_changes_is_seen_before_and_no_request_moves(team: World) -> None:
    """200,000 a month in the team: Alfa's 150,000 are 75 %, above 70 and not above 75; Beta's are 25 %."""
    team.submitted("nora", "alfa")
    row = draft(team, svens(team))
    with team.database.reading() as session:
        tried = session.get_one(KeyAccountDefinition, row.id)
        changes = {c.after.account.name: c for c in definitions.account_changes(session, tried)}
        assert changes["Alfa"].after.dependency is Dependency.MONO_WARNING
        assert (changes["Alfa"].before.reasons, changes["Alfa"].after.reasons) == ((), (KeyReason.SHARE,))
        assert changes["Beta"].after.dependency is Dependency.CRITICAL
        assert "Gamma" not in changes
        assert {w.value for w in changes["Alfa"].weights} == {1}
        assert definition_effects.rank_changes(session, tried) == (0, [])


def test_a_units_version_leaves_company_and_engine_alone(
    team: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The company's stays in force, Alfa ordinary by it, and its weight what it was."""
    row = in_force(team, svens(team), monkeypatch)
    with team.database.reading() as session:
        whole = active_definition(session, TOMORROW)
        own = active_definition(session, TOMORROW, svens(team))
        assert whole is not None
        assert own is not None
        assert (whole.scope, whole.valid_to, own.id, own.number) == (
            DefinitionScope.COMPANY,
            None,
            row.id,
            1,
        )
        found = judge(session, TOMORROW)
        alfa = found.judged[team.ids["alfa"]]
        assert found.definition is whole
        assert (alfa.dependency, alfa.reasons) == (Dependency.ORDINARY, ())
        # All of "reference" at the reach of 0.5 gives 1.5 by the company's version, not 1 by the team's.
        assert alfa.standing.weight.value == pytest.approx(1.5)


def test_each_unit_has_its_own_line_of_versions(team: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second version of the team retires the first one only, and begins from it."""
    first = in_force(team, svens(team), monkeypatch)
    second = draft(team, svens(team))
    assert (second.number, second.scope_id) == (2, team.ids["sven"])
    assert draft(team, COMPANY).number == 3
    with team.database.writing() as session:
        row = definitions.propose_definition(session, team.actor("lukas"), second.id, second.version)
    with team.database.writing() as session:
        definitions.approve_definition(session, team.actor("lydia"), row.id, row.version)
    with team.database.reading() as session:
        assert session.get_one(KeyAccountDefinition, first.id).valid_to == TOMORROW
        assert active_definition(session, TOMORROW) is not None


def test_only_the_team_and_leadership_see_it(team: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nora and Sven are of it; Kai, a head, the planner and finance are not: for them it does not exist."""
    row = in_force(team, svens(team), monkeypatch)
    for name in ("nora", "sven", "lukas"):
        with team.database.reading() as session:
            assert definitions.view_definition(session, team.actor(name), row.id).id == row.id
    for name in ("kai", "hana", "petra", "filip"):
        assert refused(team, name, definitions.view_definition, row.id).code == "E_NOT_FOUND"
        assert refused(team, name, units.view_unit, row.id).code == "E_NOT_FOUND"
        with team.database.reading() as session:
            assert row.id not in {r.id for r in definitions.list_definitions(session, team.actor(name))}


def test_a_draft_of_a_unit_is_leaderships_own(team: World) -> None:
    """Its own people see it once it holds."""
    row = draft(team, svens(team))
    assert refused(team, "sven", definitions.view_definition, row.id).code == "E_NOT_FOUND"


def test_a_member_sees_the_own_customers_by_name_and_colleagues_as_counts(
    team: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sven leads and sees all by name; Nora sees Alfa and that a colleague keeps a critical one."""
    row = in_force(team, svens(team), monkeypatch)
    with team.database.reading() as session:
        led = units.view_unit(session, team.actor("sven"), row.id)
        assert {"Alfa", "Beta"} <= {each.account.name for each in led.rows}
        assert led.others == {}
        seen = units.view_unit(session, team.actor("nora"), row.id)
        by_name = {each.account.name: each.dependency for each in seen.rows}
        assert by_name["Alfa"] is Dependency.MONO_WARNING
        assert "Beta" not in by_name
        assert seen.others == {Dependency.CRITICAL: 1}


def test_the_account_tells_its_people_what_it_is_to_the_team(
    team: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To Nora and leadership; finance sees the account, and nothing of the team."""
    in_force(team, svens(team), monkeypatch)
    with team.database.reading() as session:
        for name in ("nora", "lydia"):
            (found,) = units.list_standings(session, team.actor(name), team.ids["alfa"])
            assert (found.dependency, found.reasons) == (Dependency.MONO_WARNING, (KeyReason.SHARE,))
            assert units.list_standings(session, team.actor("lydia"), team.ids["gamma"]) == []
        assert units.list_standings(session, team.actor("filip"), team.ids["alfa"]) == []
    assert refused(team, "kai", units.list_standings, team.ids["alfa"]).code == "E_NOT_FOUND"


def test_a_department_sees_who_is_key_among_those_it_works_for(
    team: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann of Engineering is asked for by name for Alfa; a draft that asks for her does not count yet."""
    ann = (replace(team.values().lines[0], specialist_code="ann"),)
    team.submitted("nora", "alfa", lines=ann)
    team.draft("kai", "gamma", lines=ann)
    engineering = Unit(DefinitionScope.DEPARTMENT, team.ids["engineering"])
    row = in_force(team, engineering, monkeypatch)
    with team.database.reading() as session:
        (only,) = units.view_unit(session, team.actor("hana"), row.id).rows
        assert (only.account.name, only.dependency) == ("Alfa", Dependency.MONO_SEVERE)
    for name in ("lena", "nora", "filip"):
        assert refused(team, name, units.view_unit, row.id).code == "E_NOT_FOUND"
    with team.database.reading() as session:
        assert [r.id for r in definitions.list_definitions(session, team.actor("hana"))] == [row.id]


def test_only_the_units_own_customers_are_named(team: World) -> None:
    """Gamma is not of the team, so naming it there would do nothing."""
    row = draft(team, svens(team))
    with team.database.reading() as session:
        values = definitions.values_of(session.get_one(KeyAccountDefinition, row.id))
    named = NamedValues(team.ids["gamma"], "A friend.", date(2027, 6, 30))
    denied = refused(
        team, "lukas", definitions.edit_definition, row.id, row.version, replace(values, named=(named,))
    )
    assert [p.code for p in denied.problems] == ["E_NAMED_ACCOUNT"]


def test_a_branch_counts_for_itself_where_its_parent_is_somebody_elses(
    team: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alfa becomes a branch of Gamma: part of Gamma for the company, its own customer for the team."""
    with team.database.writing() as session:
        session.get_one(Account, team.ids["alfa"]).parent_id = team.ids["gamma"]
    row = in_force(team, svens(team), monkeypatch)
    with team.database.reading() as session:
        found = {
            e.account.name: e.dependency for e in units.view_unit(session, team.actor("sven"), row.id).rows
        }
    assert found["Alfa"] is Dependency.MONO_WARNING
