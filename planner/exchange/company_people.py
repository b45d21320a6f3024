"""Makes the records of supply from a company's files: users, departments, skills, specialists, days away."""

from __future__ import annotations

from collections.abc import Iterator

from planner.exchange.company_entry import Entry
from planner.exchange.company_files import Folder
from planner.exchange.company_findings import key
from planner.records import (
    Delegation,
    Department,
    Holiday,
    Leave,
    LeaveStatus,
    Role,
    Row,
    Skill,
    SkillFamily,
    Specialist,
    SpecialistSkill,
    User,
    UserRole,
)
from planner.services.staff.users import normal_email

WEEKDAYS = 7
LABEL_LANGUAGES = ("en", "pl", "cs", "nb")


def users(folder: Folder, password_hash: str) -> Iterator[User]:
    """The people who sign in, all with the one demo password; a manager stands before who reports to them."""
    emails = folder.found.codes.setdefault("emails", set())
    for entry in folder.lines("users.csv"):
        code, email = entry.code("code", "users"), normal_email(entry.text("email", 254))
        if email in emails:
            entry.wrong("email", "Somebody else has this address.", "Give each user an own address.")
        emails.add(email)
        roles = entry.choices("roles", Role)
        for role in roles:
            folder.found.codes.setdefault(f"users with the role {role}", set()).add(code)
        yield User(
            manager_id=entry.reference("manager", "users") if entry.given("manager") else None,
            id=key("users", code),
            email=email,
            display_name=entry.text("name", 120),
            password_hash=password_hash,
            language=entry.text("language", 2),
            role_rows=[UserRole(role=role) for role in roles],
        )


def delegations(folder: Folder) -> Iterator[Row]:
    """Who stands in for whom and when."""
    for entry in folder.lines("delegations.csv"):
        row = Delegation(
            from_user_id=entry.reference("from", "users"),
            to_user_id=entry.reference("to", "users"),
            first_day=entry.day("first_day"),
            last_day=entry.day("last_day"),
        )
        entry.in_order("last_day", row.first_day, row.last_day)
        entry.differ("to", row.from_user_id, row.to_user_id)
        yield row


def departments(folder: Folder) -> Iterator[Row]:
    """The units that lend people, with head, deputy and reserves."""
    for entry in folder.lines("departments.csv"):
        code = entry.code("code", "departments")
        row = Department(
            id=key("departments", code),
            code=code,
            name=entry.text("name", 120),
            head_id=entry.person("head", Role.HEAD),
            deputy_head_id=entry.person("deputy_head", Role.HEAD),
            own_work_reserve=entry.percent("own_work_percent"),
            expedite_reserve=entry.percent("expedite_percent"),
        )
        entry.differ("deputy_head", row.head_id, row.deputy_head_id)
        if row.own_work_reserve + row.expedite_reserve > 1000:
            entry.wrong(
                "expedite_percent", "The reserves exceed the whole.", "Keep their sum at 100 or less."
            )
        yield row


def skills(folder: Folder) -> Iterator[Row]:
    """What can be asked for, languages included."""
    for entry in folder.lines("skills.csv"):
        code = entry.code("key", "skills", 64)
        labels = {language: entry.text(language, 120) for language in LABEL_LANGUAGES}
        yield Skill(
            id=key("skills", code), key=code, family=entry.choice("family", SkillFamily), labels=labels
        )


def specialists(folder: Folder) -> Iterator[Row]:
    """The people whose hours are asked for."""
    for entry in folder.lines("specialists.csv"):
        code = entry.code("code", "specialists")
        yield Specialist(
            id=key("specialists", code),
            code=code,
            display_name=entry.text("name", 120),
            department_id=entry.reference("department", "departments"),
            country=entry.text("country", 2),
            weekday_quarter_hours=_pattern(entry),
            cost_rate_minor=entry.euros("rate_eur"),
            customer_facing=entry.flag("customer_facing"),
            max_parallel=entry.whole("max_parallel", 1, 50) if entry.given("max_parallel") else None,
            min_chunk_quarter_hours=entry.hours("min_chunk_hours"),
            active_from=entry.day("active_from"),
            active_to=entry.day("active_to") if entry.given("active_to") else None,
            user_id=entry.reference("user", "users") if entry.given("user") else None,
        )


def _pattern(entry: Entry) -> list[int]:
    hours = [
        Entry(entry.found, entry.where, {"hours_mon_to_sun": each}, entry.shift).hours("hours_mon_to_sun")
        for each in entry.words("hours_mon_to_sun").split()
    ]
    if len(hours) != WEEKDAYS:
        entry.wrong("hours_mon_to_sun", "A week has seven days.", "Write seven numbers, Monday first.")
    return hours


def attestations(folder: Folder) -> Iterator[Row]:
    """Who can do what, how well, and who vouches for it."""
    for entry in folder.lines("specialist_skills.csv"):
        row = SpecialistSkill(
            specialist_id=entry.reference("specialist", "specialists"),
            skill_id=entry.reference("skill", "skills"),
            level=entry.whole("level", 1, 5),
            attested_by=entry.text("attested_by", 120),
            attested_on=entry.day("attested_on"),
            expires_on=entry.day("expires_on") if entry.given("expires_on") else None,
        )
        entry.once("skill", "attestations", f"{row.specialist_id} {row.skill_id}")
        yield row


def leaves(folder: Folder) -> Iterator[Row]:
    """Days away of single people."""
    for entry in folder.lines("leaves.csv"):
        row = Leave(
            specialist_id=entry.reference("specialist", "specialists"),
            first_day=entry.day("first_day"),
            last_day=entry.day("last_day"),
            first_half=entry.flag("first_half"),
            last_half=entry.flag("last_half"),
            status=entry.choice("status", LeaveStatus),
        )
        entry.in_order("last_day", row.first_day, row.last_day)
        yield row


def holidays(folder: Folder) -> Iterator[Row]:
    """Public holidays; they are real and therefore not moved."""
    for entry in folder.lines("holidays.csv"):
        row = Holiday(
            country=entry.text("country", 2), day=entry.real_day("day"), name=entry.text("name", 120)
        )
        entry.once("day", "holidays", f"{row.country} {row.day}")
        yield row
