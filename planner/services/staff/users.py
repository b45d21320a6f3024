"""People who sign in: passwords, sessions, tokens and roles."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import checks, settings
from planner.actor import Actor, actor_for
from planner.audit import Event, changing, created, record, state_of
from planner.clock import now
from planner.permissions import Action, may
from planner.records import ApiToken, Role, User, UserRole
from planner.scope import an_id
from planner.services.versions import check_version
from planner.verdict import Denied, Kind, Message, Problem, Refused, not_found, require

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_TOKEN_DAYS = 365
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)*")
LANGUAGES = ("en", "pl", "cs", "nb")

WRONG = Denied(
    Kind.UNAUTHENTICATED,
    "E_SIGN_IN",
    Message("This address and password do not belong together."),
    Message("Check both; an administrator can set a new password."),
)
"""The same words whether the address is unknown, the password wrong or the person inactive."""


@cache
def _hasher(time_cost: int, memory_kib: int, parallelism: int) -> PasswordHasher:
    return PasswordHasher(time_cost, memory_kib, parallelism)


def _passwords() -> PasswordHasher:
    here = settings.read()
    return _hasher(here.password_time_cost, here.password_memory_kib, here.password_parallelism)


@cache
def _nobodys_hash(passwords: PasswordHasher) -> str:
    """A hash to compare with when there is no such user, so that the answer takes as long."""
    return passwords.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """The argon2 hash to store; slow on purpose."""
    return _passwords().hash(password)


def normal_email(email: str) -> str:
    """An address as it is stored and looked up: without spaces around it, in lower case."""
    return checks.tidy(email).casefold()


def check_password(session: Session, email: str, password: str) -> User | None:
    """The active user whose password this is; None for every kind of no, after about the same time.

    It only reads and is slow on purpose: call it outside a unit of work, so that no writer waits for it.
    """
    good = not checks.text("email", email, 254) and len(password) <= LONGEST_PASSWORD
    user = session.scalars(select(User).where(User.email == normal_email(email))).first() if good else None
    passwords = _passwords()
    try:
        passwords.verify(
            user.password_hash if user else _nobodys_hash(passwords),
            password[:LONGEST_PASSWORD].encode(errors="replace"),
        )
    except (VerificationError, InvalidHashError):
        return None
    return user if user is not None and user.active else None


def note_sign_in(session: Session, email: str, user_id: str | None) -> User:
    """Record how a sign-in ended: `user_id` is what `check_password` found for `email`.

    Raises:
        Refused: E_SIGN_IN when it found nobody, or somebody who has left since; the trace is kept.
    """
    user = session.get(User, user_id) if user_id else None
    if user is not None and user.active:
        record(session, actor_for(session, user), Event.USER_SIGNED_IN, user, before=None, after=None)
        return user
    tried = session.scalars(select(User).where(User.email == normal_email(email))).first()
    nobody = Actor(None, "nobody", frozenset())
    # An unknown address is not stored: people type their password into the wrong field.
    reason = "" if tried else "unknown address"
    record(session, nobody, Event.USER_SIGN_IN_FAILED, tried, before=None, after=None, reason=reason)
    raise Refused(WRONG, keep=True)


def sign_in(session: Session, email: str, password: str) -> User:
    """Check a password and record the outcome, both in one unit of work.

    Raises:
        Refused: E_SIGN_IN; the same for an unknown address, a wrong password and an inactive person.
    """
    if checks.text("email", email, 254):
        email = ""
    user = check_password(session, email, password)
    return note_sign_in(session, email, user.id if user else None)


def user_of_session(session: Session, user_id: str, epoch: int) -> User | None:
    """The user of a browser session; None once the person left, or password or roles changed since."""
    user = session.get(User, user_id)
    return user if user is not None and user.active and user.epoch == epoch else None


def _password_problems(where: str, password: str) -> list[Problem]:
    if SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return []
    return [
        checks.problem(
            where,
            "E_PASSWORD_LENGTH",
            "A password has %(low)d to %(high)d characters.",
            "Choose a longer or shorter one; any characters will do.",
            low=SHORTEST_PASSWORD,
            high=LONGEST_PASSWORD,
        )
    ]


def _person_problems(name: str, roles: Iterable[str], language: str) -> list[Problem]:
    found = checks.text("name", name, 120, required=True)
    wanted = list(roles)
    if not wanted:
        found.append(checks.missing("roles", "No role is given.", "Give at least one role."))
    for i, role in enumerate(wanted):
        found += checks.choice(f"roles/{i}", role, Role)
    return found + _language_problems(language)


def _manager_problems(session: Session, user: User, manager_id: str | None) -> list[Problem]:
    if manager_id is None or (manager_id != user.id and _known(session, manager_id)):
        return []
    reason, remedy = "This is nobody the person could report to.", "Choose somebody else, or nobody."
    return [checks.problem("manager_id", "E_REF_UNKNOWN", reason, remedy)]


def _known(session: Session, user_id: str) -> bool:
    return session.scalar(select(User.id).where(User.id == an_id(user_id))) is not None


def _language_problems(language: str) -> list[Problem]:
    if language in LANGUAGES:
        return []
    remedy = "Choose one of: %(options)s."
    reason = "This language is not offered."
    return [checks.problem("language", "E_CHOICE", reason, remedy, options=", ".join(LANGUAGES))]


def create_user(
    session: Session,
    actor: Actor,
    email: str,
    name: str,
    password: str,
    *,
    roles: Sequence[str],
    language: str = "en",
) -> User:
    """Give a person access.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID with every value at fault (E_EXISTS when the address is taken).
    """
    require(may(actor, Action.CREATE_USER))
    found = checks.text("email", email, 254, required=True)
    if not found and not EMAIL.fullmatch(normal_email(email)):
        reason, remedy = "This is not an e-mail address.", "Write it like name@company.com."
        found.append(checks.problem("email", "E_EMAIL", reason, remedy))
    if not found and session.scalars(select(User.id).where(User.email == normal_email(email))).first():
        reason, remedy = "Somebody has this address already.", "Change that person's roles instead."
        found.append(checks.problem("email", "E_EXISTS", reason, remedy))
    checks.require_well_formed(
        [*found, *_person_problems(name, roles, language), *_password_problems("password", password)]
    )
    user = User(
        email=normal_email(email),
        display_name=checks.tidy(name),
        password_hash=hash_password(password),
        language=language,
        role_rows=[UserRole(role=Role(role)) for role in sorted(set(roles))],
    )
    _note_created(session, actor, user)
    return user


def _note_created(session: Session, actor: Actor, user: User) -> None:
    session.add(user)
    after = {**state_of(user), "roles": sorted(user.roles)}
    record(session, actor, Event.USER_CREATED, user, before=None, after=after)


def list_users(session: Session, actor: Actor) -> list[User]:
    """Everybody, by name.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_USERS))
    return list(session.scalars(select(User).order_by(User.display_name, User.id)))


def change_user(
    session: Session,
    actor: Actor,
    user_id: str,
    version: int,
    *,
    name: str,
    roles: Sequence[str],
    active: bool,
    manager_id: str | None = None,
) -> User:
    """Change a person's name, roles and sales manager, or end their access; sessions and tokens end at once.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_INVALID; E_OWN_ACCESS for the own account, so
            that the last administrator cannot lock everybody out.
    """
    require(may(actor, Action.CHANGE_USER))
    user = _find(session, user_id)
    if user.id == actor.user_id:
        raise Refused(
            Denied(
                Kind.FORBIDDEN,
                "E_OWN_ACCESS",
                Message("Nobody changes the own access."),
                Message("Ask another administrator."),
            )
        )
    check_version(session, user, version)
    checks.require_well_formed(
        _person_problems(name, roles, user.language) + _manager_problems(session, user, manager_id)
    )
    before = {**state_of(user), "roles": sorted(user.roles)}
    user.display_name = checks.tidy(name)
    user.active, user.manager_id = active, manager_id
    wanted = {Role(role) for role in roles}
    user.role_rows = [
        *(row for row in user.role_rows if row.role in wanted),
        *(UserRole(role=role) for role in sorted(wanted - user.roles)),
    ]
    user.epoch += 1
    after = {**state_of(user), "roles": sorted(user.roles)}
    record(session, actor, Event.USER_CHANGED, user, before=before, after=after)
    return user


def set_password(session: Session, actor: Actor, user_id: str, password: str) -> User:
    """Give a person a new password; their sessions and tokens end at once.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_INVALID when it is too short or too long.
    """
    require(may(actor, Action.SET_PASSWORD))
    user = _find(session, user_id)
    _store_password(session, actor, user, "password", password)
    return user


def change_password(session: Session, actor: Actor, present: str, new: str) -> User:
    """Change the own password; all other sessions and tokens end at once.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID when the present one is wrong or the new one too short or too long.
    """
    require(may(actor, Action.EDIT_PROFILE))
    user = _find(session, actor.user_id)
    if check_password(session, user.email, present) is None:
        wrong = checks.problem("present", "E_PASSWORD", "This is not your password.", "Type it again.")
        raise checks.invalid([wrong])
    _store_password(session, actor, user, "new", new)
    return user


def _store_password(session: Session, actor: Actor, user: User, where: str, password: str) -> None:
    checks.require_well_formed(_password_problems(where, password))
    with changing(session, actor, Event.USER_PASSWORD_CHANGED, user):
        user.password_hash = hash_password(password)
        user.epoch += 1


def set_language(session: Session, actor: Actor, language: str) -> User:
    """Choose the language of the own pages.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID for a language that is not offered.
    """
    require(may(actor, Action.EDIT_PROFILE))
    checks.require_well_formed(_language_problems(language))
    user = _find(session, actor.user_id)
    if user.language != language:
        with changing(session, actor, Event.USER_CHANGED, user):
            user.language = language
    return user


def _find(session: Session, user_id: str | None) -> User:
    user = session.get(User, an_id(user_id))
    if user is None:
        raise not_found()
    return user


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def create_token(session: Session, actor: Actor, name: str, days: int) -> tuple[ApiToken, str]:
    """A key for programs, valid for `days` days; the secret is shown this once and never stored.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID for a bad name or more than LONGEST_TOKEN_DAYS days.
    """
    require(may(actor, Action.CREATE_TOKEN))
    checks.require_well_formed(
        checks.text("name", name, 120, required=True) + checks.whole("days", days, 1, LONGEST_TOKEN_DAYS)
    )
    user = _find(session, actor.user_id)
    secret = secrets.token_urlsafe(32)
    token = ApiToken(
        user_id=user.id,
        name=checks.tidy(name),
        digest=_digest(secret),
        epoch=user.epoch,
        expires_at=now() + timedelta(days=days),
    )
    created(session, actor, Event.TOKEN_CREATED, token)
    return token, secret


def find_token(session: Session, secret: str) -> ApiToken | None:
    """The token that a secret opens; None when unknown, expired, revoked or its owner changed or left."""
    token = session.scalars(select(ApiToken).where(ApiToken.digest == _digest(secret))).first()
    if token is None or token.revoked_at is not None or token.expires_at <= now():
        return None
    return token if user_of_session(session, token.user_id, token.epoch) else None


def user_of_token(session: Session, secret: str) -> User | None:
    """Whom a token's secret stands for; None when it opens nothing."""
    token = find_token(session, secret)
    return session.get(User, token.user_id) if token else None


def list_tokens(session: Session, actor: Actor) -> list[ApiToken]:
    """The own tokens that still work, newest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.CREATE_TOKEN))
    return list(
        session.scalars(
            select(ApiToken)
            .where(
                ApiToken.user_id == actor.user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now()
            )
            .order_by(ApiToken.created_at.desc(), ApiToken.id)
        )
    )


def revoke_token(session: Session, actor: Actor, token_id: str) -> ApiToken:
    """End an own token; again is the same as once.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for somebody else's.
    """
    require(may(actor, Action.REVOKE_TOKEN))
    token = session.get(ApiToken, an_id(token_id))
    if token is None or token.user_id != actor.user_id:
        raise not_found()
    if token.revoked_at is None:
        with changing(session, actor, Event.TOKEN_REVOKED, token):
            token.revoked_at = now()
    return token
