"""A folder with errors is refused whole: every error is named and nothing is stored."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from planner.database import Database
from planner.exchange import load
from planner.records import Account, AuditEvent, User
from planner.verdict import Denied, Kind, Refused

COMPANY = Path(__file__).resolve().parents[2] / "fixtures" / "company"
TODAY = date(2027, 1, 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the demo company to spoil."""
    return shutil.copytree(COMPANY, tmp_path / "company")


def _replace(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} does not hold {old!r} any more"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _request(folder: Path, code: str, change: Callable[[dict[str, object]], object]) -> None:
    path = folder / "requests.json"
    requests = json.loads(path.read_text(encoding="utf-8"))
    change(next(each for each in requests if each["code"] == code))
    path.write_text(json.dumps(requests, ensure_ascii=False, indent=1), encoding="utf-8")


def _refused(database: Database, folder: Path) -> Denied:
    """How loading was refused, after making sure that nothing was stored."""
    with pytest.raises(Refused) as caught, database.writing() as session:
        load(session, folder, TODAY)
    with database.reading() as session:
        for kind in (User, Account, AuditEvent):
            assert session.scalar(select(func.count()).select_from(kind)) == 0
    return caught.value.denied


def _places(denied: Denied) -> set[str]:
    return {problem.where for problem in denied.problems}


def test_all_errors_are_named_at_once(sqlite_database: Database, folder: Path) -> None:
    """Errors in six files come in one answer, each with file, entry and field; nothing is stored."""
    (folder / "leaves.csv").unlink()
    _replace(
        folder, "accounts.csv", "nordwind,Nordwind Lebensmittel,,", "nordwind,Nordwind Lebensmittel,nowhere,"
    )
    _replace(folder, "departments.csv", "ola.nygard", "anna.kowalska")
    _replace(folder, "specialists.csv", ",128,yes,4,2,", ",12x,yes,4,-2,")
    _replace(folder, "users.csv", "kari.lund,Kari", "anna.kowalska,Kari")
    _request(folder, "nordwind-master-plan", lambda r: r.update(earliest_week="2027-W54"))
    _request(folder, "lipno-cheese-line", lambda r: r["lines"][0].update(hours=-8))  # type: ignore[index]  # - the row is what its file says
    denied = _refused(sqlite_database, folder)
    assert (denied.kind, denied.code) == (Kind.INVALID, "E_COMPANY_FILES")
    assert {
        "leaves.csv",
        "accounts.csv/line 2/parent",
        "departments.csv/line 2/head",
        "specialists.csv/line 2/rate_eur",
        "specialists.csv/line 2/min_chunk_hours",
        "users.csv/line 8/code",
        "requests.json/nordwind-master-plan/earliest_week",
        "requests.json/lipno-cheese-line/lines/0/hours",
    } <= _places(denied)
    for problem in denied.problems:
        assert str(problem.reason).endswith("."), problem.where
        assert str(problem.remedy).endswith("."), problem.where


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        ("company.json", '"first_monday"', '"frist_monday"', "company.json/first_monday"),
        ("company.json", '"currency": "EUR",', '"currency": "EUR"', "company.json"),
        ("company.json", "tornvik-demo-1", "", "company.json/demo_password"),
        ("company.json", '"kari.lund"', '"nobody"', "company.json/sign_ins"),
        ("company.json", '"key_percent": 10', '"key_percent": 30', "company.json/definition/key_percent"),
        ("company.json", "2027-01-06T15:00", "2027-01-08T15:00", "company.json/cycle/publish_at"),
        ("company.json", '"frozen_weeks": 2', '"frozen_weeks": 2.5', "company.json/cycle/frozen_weeks"),
        ("company.json", "2027-01-05T23:00", "2027-01-05T23:00+01:00", "company.json/cycle/request_cutoff"),
        ("users.csv", "piotr.zajac@", "Anna.Kowalska@", "users.csv/line 7/email"),
        ("users.csv", ",leadership,\n", ",emperor,\n", "users.csv/line 2/roles"),
        ("delegations.csv", "2027-01-22", "2027-01-01", "delegations.csv/line 2/last_day"),
        ("departments.csv", ",50,5\n", ",96,5\n", "departments.csv/line 2/expedite_percent"),
        ("departments.csv", "pawel.gorski", "ola.nygard", "departments.csv/line 2/deputy_head"),
        ("skills.csv", "key,family,en", "key,family,eng", "skills.csv/en"),
        (
            "specialists.csv",
            "7.5 7.5 7.5 7.5 7.5 0 0",
            "8 8 8 8 8",
            "specialists.csv/line 2/hours_mon_to_sun",
        ),
        (
            "specialists.csv",
            "7.5 7.5 7.5 7.5 7.5 0 0",
            "8 8 8 8 8.1 0 0",
            "specialists.csv/line 2/hours_mon_to_sun",
        ),
        (
            "specialist_skills.csv",
            ",architecture,5,",
            ",architecture,6,",
            "specialist_skills.csv/line 2/level",
        ),
        ("specialist_skills.csv", ",energy,4,", ",architecture,4,", "specialist_skills.csv/line 3/skill"),
        ("leaves.csv", "2027-02-08,", "2027-02-30,", "leaves.csv/line 2/first_day"),
        ("leaves.csv", "no,no,approved", "no,maybe,approved", "leaves.csv/line 2/last_half"),
        ("holidays.csv", "CZ,2027-01-01", "CZ,2026-01-01", "holidays.csv/line 28/day"),
        (
            "accounts.csv",
            "anna.kowalska,ewa.mazur",
            "anna.kowalska,anna.kowalska",
            "accounts.csv/line 2/deputy_kam",
        ),
        ("accounts.csv", "anna.kowalska,ewa.mazur", "ola.nygard,ewa.mazur", "accounts.csv/line 2/kam"),
        ("figures.csv", "2025-08,actual", "2025-07,actual", "figures.csv/line 3/month"),
        ("figures.csv", "2025-07,actual,", "2025-07,actual,-", "figures.csv/line 2/gross_sales"),
        (
            "requests.json",
            '"purpose": "win"',
            '"purpose": "conquer"',
            "requests.json/auvento-battery-plant/purpose",
        ),
    ],
)
def test_one_error_is_found_where_it_is(
    sqlite_database: Database, folder: Path, *, name: str, old: str, new: str, place: str
) -> None:
    """Each kind of error is named at its file, entry and field."""
    _replace(folder, name, old, new)
    assert place in _places(_refused(sqlite_database, folder))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"code": "nordwind-line-4"}, "requests.json/nordwind-line-4/code"),
        ({"hurry": "yes"}, "requests.json/nordwind-master-plan/hurry"),
        ({"latest_week": "2027-W01"}, "requests.json/nordwind-master-plan/latest_week"),
        ({"chances": [{"hours": 0, "chance": 50}, {"hours": 100, "chance": 40}]}, "chances/1/chance"),
        ({"chances": [{"hours": 0, "chance": 50}]}, "requests.json/nordwind-master-plan/chances"),
        ({"benefits": [{"month": 121, "eur": 5}]}, "benefits/0/month"),
        ({"benefits": [{"month": 12, "eur": True}]}, "benefits/0/eur"),
        ({"lines": [{"skill": "alchemy", "level": 3, "hours": 8}]}, "lines/0/skill"),
        ({"lines": [{"skill": "plc", "level": 3, "hours": 8, "after": [1]}]}, "lines/0/after"),
        ({"lines": []}, "requests.json/nordwind-master-plan/lines"),
        ({"status": "published"}, "requests.json/nordwind-master-plan/status"),
        ({"title": "two\nlines"}, "requests.json/nordwind-master-plan/title"),
        ({"evidence": "trust me"}, "requests.json/nordwind-master-plan/evidence"),
    ],
)
def test_a_request_keeps_to_the_rules_for_typed_ones(
    sqlite_database: Database, folder: Path, change: dict[str, object], place: str
) -> None:
    """What a key account manager could not submit cannot be loaded as submitted."""
    _request(folder, "nordwind-master-plan", lambda request: request.update(change))
    places = _places(_refused(sqlite_database, folder))
    assert any(found.endswith(place) for found in places), places


def test_a_required_person_must_have_the_skill(sqlite_database: Database, folder: Path) -> None:
    """A line that requires somebody without its skill could never be staffed."""
    _request(folder, "nordwind-master-plan", lambda r: r["lines"][0].update(specialist="hanna.dudek"))  # type: ignore[index]  # - the row is what its file says
    assert "requests.json/nordwind-master-plan/lines/0/specialist" in _places(
        _refused(sqlite_database, folder)
    )


def test_who_filed_a_promise_cannot_confirm_it(sqlite_database: Database, folder: Path) -> None:
    """An obligation is served before all money, so a second person stands for it."""
    _request(folder, "halvard-gdynia-acceptance", lambda r: r["obligation"].update(confirmed_by="erik.aasen"))  # type: ignore[attr-defined]  # - the row is what its file says
    place = "requests.json/halvard-gdynia-acceptance/obligation/confirmed_by"
    assert place in _places(_refused(sqlite_database, folder))


def test_broken_files_are_named(sqlite_database: Database, folder: Path) -> None:
    """Bad JSON, a binary file and an empty one: one error each, no traceback, and no others."""
    (folder / "requests.json").write_text('[{"code": ', encoding="utf-8")
    (folder / "figures.csv").write_bytes(b"account,month\n\xff\xfe\n")
    (folder / "holidays.csv").write_text("", encoding="utf-8")
    places = _places(_refused(sqlite_database, folder))
    assert {"requests.json", "figures.csv", "holidays.csv"} <= places
    assert all(place.startswith("holidays.csv") for place in places - {"requests.json", "figures.csv"})


def test_an_empty_folder_lists_every_file(sqlite_database: Database, tmp_path: Path) -> None:
    """A wrong path names the nineteen files it should hold."""
    expected = {path.name for path in COMPANY.iterdir()} - {"ANSWER.md"}
    assert _places(_refused(sqlite_database, tmp_path)) == expected
    assert len(expected) == 19


def test_holidays_must_cover_the_year(sqlite_database: Database, folder: Path) -> None:
    """A demo loaded after the last listed year would plan work on holidays in silence; it says so instead."""
    path = folder / "holidays.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if ",2027-" not in line), encoding="utf-8")
    assert _places(_refused(sqlite_database, folder)) == {
        f"holidays.csv/{c} 2027" for c in ("CZ", "NO", "PL")
    }
