"""Who has access, for administrators."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import User
from planner.services.staff import users
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.outputs import page_of
from web.schemas.people import AccessIn, PasswordIn, UserIn, UserOut

blueprint = Blueprint("users", "Who has access.")


@blueprint.get("/users")
@policy(Action.LIST_USERS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(UserOut))
def list_users(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Everybody, by name."""
    return page_of(users.list_users(session, actor), query)


@blueprint.post("/users")
@policy(Action.CREATE_USER)
@blueprint.body(UserIn)
@writes
@blueprint.answer(UserOut, 201)
def create_user(session: Session, actor: Actor, data: dict[str, Any]) -> User:
    """Give a person access."""
    language, roles = data["language"], data["roles"]
    return users.create_user(
        session, actor, data["email"], data["name"], data["password"], roles=roles, language=language
    )


@blueprint.put("/users/<id:user_id>")
@policy(Action.CHANGE_USER)
@blueprint.versioned
@blueprint.body(AccessIn)
@writes
@blueprint.answer(UserOut)
def change_user(session: Session, actor: Actor, data: dict[str, Any], user_id: str) -> User:
    """Change a person's name and roles, or end their access; sessions and keys end at once."""
    return users.change_user(session, actor, user_id, asked_version(), **data)


@blueprint.put("/users/<id:user_id>/password")
@policy(Action.SET_PASSWORD)
@blueprint.body(PasswordIn)
@writes
@blueprint.answer(status=204)
def set_password(session: Session, actor: Actor, data: dict[str, Any], user_id: str) -> None:
    """Give a person a new password; sessions and keys end at once."""
    users.set_password(session, actor, user_id, data["password"])
