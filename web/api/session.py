"""Keys for programs, and who a key belongs to."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor, actor_for
from planner.permissions import Action, may
from planner.services.staff import users
from web import auth
from web.api.kit import Blueprint, Repeat
from web.database import reads, writes, writing
from web.policy import policy, public
from web.schemas.people import MeOut, ProfileIn, TokenIn, TokenOut

blueprint = Blueprint("session", "Keys for programs.")


@blueprint.post("/tokens")
@public("who wants a key has none yet; it needs the password")
@blueprint.open_to_all
@blueprint.body(TokenIn)
@blueprint.answer(TokenOut, 201, Repeat.REFUSED)
def create_token(values: dict[str, Any]) -> dict[str, Any]:
    """Get a key for an address and its password."""
    user = auth.authenticate(values["email"], values["password"])
    with writing() as session:
        actor = actor_for(session, user)
        token, secret = users.create_token(session, actor, values["name"], values["days"])
        return {"id": token.id, "token": secret, "name": token.name, "expires_at": token.expires_at}


@blueprint.delete("/tokens/current")
@policy(Action.REVOKE_TOKEN)
@writes
@blueprint.answer(status=204)
def revoke_token(session: Session, actor: Actor) -> None:
    """End the key that this request carries."""
    token = users.find_token(session, auth.presented_secret())
    if token is not None:
        users.revoke_token(session, actor, token.id)


@blueprint.get("/me")
@policy(Action.EDIT_PROFILE)
@reads
@blueprint.answer(MeOut)
def show_me(_session: Session, actor: Actor) -> dict[str, Any]:
    """Who the key belongs to and which use cases are open to them."""
    return _me(actor)


@blueprint.put("/me")
@policy(Action.EDIT_PROFILE)
@blueprint.body(ProfileIn)
@writes
@blueprint.answer(MeOut)
def change_me(session: Session, actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Choose the language of your pages and answers."""
    return _me(actor_for(session, users.set_language(session, actor, values["language"])))


def _me(actor: Actor) -> dict[str, Any]:
    return {
        "user_id": actor.user_id,
        "name": actor.name,
        "roles": sorted(actor.roles),
        "language": actor.language,
        "actions": [action.value for action in Action if may(actor, action)],
    }
