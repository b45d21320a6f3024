"""Skills, departments, people and customers as each role may see them."""

from __future__ import annotations

from datetime import date

from factories import World, refused
from sqlalchemy import select

from planner.records import Specialist, SpecialistSkill
from planner.services.customers import accounts
from planner.services.staff import people


def test_who_sees_which_people(any_world: World) -> None:
    """KAMs may name anybody; a head sees the own department; what an hour costs only heads and leadership."""
    expected = {
        "nora": {"ann": None, "bob": None, "leo": None},
        "hana": {"ann": 5_000, "bob": 5_000},
        "lena": {"leo": 5_000},
        "lukas": {"ann": 5_000, "bob": 5_000, "leo": 5_000},
        "adam": {"ann": None, "bob": None, "leo": None},
    }
    with any_world.database.reading() as session:
        for name, seen in expected.items():
            views = people.list_specialists(session, any_world.actor(name))
            assert {v.code: v.cost_rate_minor for v in views} == seen, name
    for name in ("filip", "ann"):
        assert refused(any_world, name, people.list_specialists).code == "E_FORBIDDEN"


def test_a_person_is_shown_with_skills(world: World) -> None:
    """40 h a week, architecture at level 4; an expired attestation counts as 0 and says what it was."""
    with world.database.writing() as session:
        held = session.scalars(
            select(SpecialistSkill).where(SpecialistSkill.skill_id == world.ids["english"])
        ).all()
        for each in held:
            each.expires_on = date(2027, 1, 3)
        session.get_one(Specialist, world.ids["s:bob"]).active_to = date(2027, 1, 3)
    with world.database.reading() as session:
        views = people.list_specialists(session, world.actor("hana"))
    (ann,) = views
    assert (ann.code, ann.department, ann.week_quarter_hours) == ("ann", "Engineering", 160)
    assert [(s.key, s.level, s.attested_level) for s in ann.skills] == [
        ("architecture", 4, 4),
        ("english", 0, 4),
    ]


def test_skills_and_departments_are_no_secret(world: World) -> None:
    """Everybody who signs in sees what there is."""
    with world.database.reading() as session:
        skills = people.list_skills(session, world.actor("ann"))
        departments = people.list_departments(session, world.actor("ann"))
    assert [s.key for s in skills] == ["architecture", "english", "law", "welding"]
    assert [(d.name, d.head.display_name if d.head else None) for d in departments] == [
        ("Engineering", "Hana"),
        ("Legal", "Lena"),
    ]


def test_who_sees_which_customers(any_world: World) -> None:
    """Own ones and those one deputises for; overseers all; heads, administrators and specialists none."""
    everything = ["Alfa", "Beta", "Blocked", "Gamma", "Lost"]
    expected = {"nora": ["Alfa", "Blocked", "Lost"], "sven": ["Alfa", "Beta"], "kai": ["Beta", "Gamma"]}
    expected |= dict.fromkeys(("lukas", "petra", "filip"), everything)
    with any_world.database.reading() as session:
        for name, seen in expected.items():
            actor = any_world.actor(name)
            assert [a.name for a in accounts.list_accounts(session, actor)] == seen, name
    for name in ("hana", "adam", "ann"):
        assert refused(any_world, name, accounts.list_accounts).code == "E_FORBIDDEN"
        assert refused(any_world, name, accounts.view_account, any_world.ids["alfa"]).code == "E_FORBIDDEN"
    assert refused(any_world, "kai", accounts.view_account, any_world.ids["alfa"]).code == "E_NOT_FOUND"


def test_customers_one_may_file_for(world: World) -> None:
    """The form offers no lost customer; a blocked one may still be defended."""
    with world.database.reading() as session:
        offered = accounts.account_options(session, world.actor("nora"))
        alfa = accounts.view_account(session, world.actor("sven"), world.ids["alfa"])
    assert [a.name for a in offered] == ["Alfa", "Blocked"]
    assert alfa.name == "Alfa"
