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
from web.schemas.common import PageQuery, list_of
from web.schemas.outputs import page_of
from web.schemas.people import KeyOut, MeOut, OwnPasswordIn, ProfileIn, TokenIn, TokenOut
from web.throttle import count_sign_in

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


@blueprint.get("/tokens")
@policy(Action.CREATE_TOKEN)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(KeyOut))
def list_tokens(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Your keys that still work, newest first."""
    return page_of(users.list_tokens(session, actor), query)


@blueprint.delete("/tokens/<id:token_id>")
@policy(Action.REVOKE_TOKEN)
@writes
@blueprint.answer(status=204)
def end_token(session: Session, actor: Actor, token_id: str) -> None:
    """End one of your keys."""
    users.revoke_token(session, actor, token_id)


@blueprint.put("/me/password")
@policy(Action.EDIT_PROFILE)
@blueprint.body(OwnPasswordIn)
@blueprint.answer(status=204)
def change_password(values: dict[str, Any]) -> str:
    """Change your password; this key ends with all others."""
    actor = auth.current_actor()
    count_sign_in(f"password of {actor.user_id}")
    with writing() as session:
        users.change_password(session, actor, values["present"], values["new"])
    return ""


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
