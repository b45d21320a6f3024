"""The first steps of a company that begins: each shown to who can do it, until it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import Role
from planner.services.staff.setting_up import Lack, beginning
from web.pages.task import Task
from web.rendering import label

STEPS: Final[Mapping[Lack, tuple[Action, Any, Any, str]]] = {
    Lack.DEPARTMENTS: (
        Action.IMPORT_DEPARTMENTS,
        _l("Bring in the departments"),
        _l("With the head of each; specialists belong to one."),
        "/data?kind=departments",
    ),
    Lack.HOLIDAYS: (
        Action.IMPORT_HOLIDAYS,
        _l("Bring in the public holidays"),
        _l("By country; without them plans count on people who are away."),
        "/data?kind=holidays",
    ),
    Lack.SKILLS: (
        Action.IMPORT_SKILLS,
        _l("Bring in the skills"),
        _l("What can be asked for, languages included."),
        "/data?kind=skills",
    ),
    Lack.SPECIALISTS: (
        Action.IMPORT_SPECIALISTS,
        _l("Bring in the specialists"),
        _l("With department, working hours and cost."),
        "/data?kind=specialists",
    ),
    Lack.ATTESTATIONS: (
        Action.IMPORT_ATTESTATIONS,
        _l("Say who can do what"),
        _l("A plan assigns nobody whose skill nobody attests."),
        "/data?kind=attestations",
    ),
    Lack.ACCOUNTS: (
        Action.IMPORT_ACCOUNTS,
        _l("Bring in the customers"),
        _l("With the key account manager of each; requests are filed for one of them."),
        "/data?kind=accounts",
    ),
    Lack.DEFINITION: (
        Action.EDIT_DEFINITION,
        _l("Say who is key"),
        _l("Begin from usual limits; a second leader approves. No plan is published without."),
        "/definitions",
    ),
}


def steps_for(session: Session, actor: Actor) -> Iterator[Task]:
    """What the reader can do so that a first plan can be made."""
    if not actor.has(Role.ADMIN, Role.FINANCE, Role.LEADERSHIP):
        return
    still = beginning(session, actor)
    if still.roles and may(actor, Action.CREATE_USER):
        roles = ", ".join(label(role) for role in still.roles)
        why = _("Too few people so far: %(roles)s. Leadership needs two, who sign together.", roles=roles)
        yield Task(_("Give people access"), why, "/users", "people", "warn")
    for lack in still.lacks:
        action, title, why, address = STEPS[lack]
        if may(actor, action):
            yield Task(str(title), str(why), address, "plus", "warn")
