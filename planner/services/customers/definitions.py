"""What "key" means: leadership drafts a version, sees what it would change, and a second person approves.

A version that was approved never changes; a new one takes over on its first day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now, today
from planner.judging import Judgement, Tried, judge, judge_unit
from planner.permissions import Action, may
from planner.qualifying import active_definition
from planner.records import (
    Basis,
    CriterionKind,
    DefinitionState,
    KeyAccountDefinition,
    ManualKeyAccount,
    QualificationCriterion,
)
from planner.scope import find_definition, visible_definitions
from planner.services.customers.definition_values import (
    CriterionValues,
    DefinitionValues,
    NamedValues,
    problems_in,
)
from planner.services.customers.first_definition import first_definition, usual_besides
from planner.services.versions import check_version
from planner.transitions import DefinitionAction, move
from planner.units import COMPANY, Unit, customers_of, units_that_are
from planner.verdict import Kind, Problem, refuse, require
from planner.worth import Dependency, Figure

OPEN = (DefinitionState.DRAFT, DefinitionState.PROPOSED)


def list_definitions(session: Session, actor: Actor) -> list[KeyAccountDefinition]:
    """The versions in the actor's sight: the company's first, newest first; open ones for leadership only.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_DEFINITION))
    row = KeyAccountDefinition
    unit = row.scope_id.is_not(None), row.scope.desc(), row.scope_id
    newest = row.number.desc(), row.created_at.desc()
    return list(session.scalars(visible_definitions(session, actor).order_by(*unit, *newest)))


def view_definition(session: Session, actor: Actor, definition_id: str) -> KeyAccountDefinition:
    """One version.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND, also for an open version to who is not leadership, and for a
            unit's to who is not of the unit.
    """
    require(may(actor, Action.VIEW_DEFINITION))
    return find_definition(session, actor, definition_id)


def unit_of(row: KeyAccountDefinition) -> Unit:
    """For whom it says what is key."""
    return Unit(row.scope, row.scope_id)


def draft_definition(session: Session, actor: Actor, unit: Unit = COMPANY) -> KeyAccountDefinition:
    """A copy of the version in force, to be changed; the open version when there is one already.

    The company's first begins with usual values, a unit's with the company's, without the customers that are
    key by name.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID for a unit that there is not; E_NO_DEFINITION for a unit while the
            company has none in force.
    """
    require(may(actor, Action.EDIT_DEFINITION))
    if not unit.whole and unit not in units_that_are(session):
        reason, remedy = "There is no such unit.", "Choose a manager somebody reports to, or a department."
        raise checks.invalid([checks.problem("unit", "E_REF_UNKNOWN", reason, remedy)])
    rows = [row for row in list_definitions(session, actor) if unit_of(row) == unit]
    still_open = next((row for row in rows if row.state in OPEN), None)
    if still_open:
        return still_open
    own = active_definition(session, today(), unit)
    source = own or active_definition(session, today())
    number = max((r.number for r in rows), default=0) + 1
    if source is None and not unit.whole:
        raise refuse(
            Kind.STATE,
            "E_NO_DEFINITION",
            "The company has no definition in force that a unit's could begin from.",
            "Make the company's first.",
        )
    if source is None:
        row = first_definition(number)
        created(session, actor, Event.DEFINITION_DRAFTED, row)
        return row
    values = values_of(source)
    row = KeyAccountDefinition(
        scope=unit.scope,
        scope_id=unit.id,
        number=number,
        state=DefinitionState.DRAFT,
        basis=source.basis,
        proposed_by_id=None,
        valid_from=max(today(), source.valid_from) + timedelta(days=1),
    )
    row.criteria = [*(_copy(c) for c in source.criteria), *usual_besides(source.criteria)]
    _fill(row, values, keep_day=True)
    row.manual = [_named(actor, n, source) for n in values.named] if own else []
    created(session, actor, Event.DEFINITION_DRAFTED, row)
    return row


def values_of(row: KeyAccountDefinition) -> DefinitionValues:
    """A version as it would be typed."""
    return DefinitionValues(
        basis=row.basis.value,
        window_months=row.window_months,
        key_share=row.key_share,
        critical_share=row.critical_share,
        mono_warning=row.mono_warning,
        mono_severe=row.mono_severe,
        kappa=row.kappa,
        valid_from=row.valid_from,
        absolute_threshold_minor=row.absolute_threshold_minor,
        min_priority_score=row.min_priority_score,
        flags=tuple(row.flags),
        note=row.note,
        criteria=tuple(
            CriterionValues(
                c.key,
                c.swing_points,
                c.anchor_low_milli,
                c.anchor_high_milli,
                c.forecast_blend,
                c.enters_strategic_weight,
            )
            for c in row.criteria
        ),
        named=tuple(NamedValues(m.account_id, m.reason, m.expires_on) for m in row.manual),
    )


def _copy(row: QualificationCriterion) -> QualificationCriterion:
    own = {"id", "created_at", "updated_at", "version", "definition_id"}
    columns = [c.key for c in QualificationCriterion.__table__.columns if c.key not in own]
    return QualificationCriterion(**{name: getattr(row, name) for name in columns})


def _named(actor: Actor, values: NamedValues, source: KeyAccountDefinition) -> ManualKeyAccount:
    """An entry of who is key by name; who stands behind it stays, a new one is the actor's."""
    sponsor = next((m.sponsor_id for m in source.manual if m.account_id == values.account_id), actor.user_id)
    return ManualKeyAccount(
        account_id=values.account_id,
        reason=checks.tidy(values.reason),
        sponsor_id=sponsor,
        expires_on=values.expires_on,
    )


def _fill(row: KeyAccountDefinition, values: DefinitionValues, *, keep_day: bool = False) -> None:
    row.basis = Basis(values.basis)
    for name in (
        *("window_months", "key_share", "critical_share", "mono_warning", "mono_severe", "kappa"),
        *("absolute_threshold_minor", "min_priority_score"),
    ):
        setattr(row, name, getattr(values, name))
    row.flags, row.note = sorted(values.flags), checks.tidy(values.note)
    if not keep_day:
        row.valid_from = values.valid_from


def edit_definition(
    session: Session, actor: Actor, definition_id: str, version: int, values: DefinitionValues
) -> KeyAccountDefinition:
    """Change a draft. Criteria keep their names, directions and units; money never weighs as strategy.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE for a version that is no draft;
            E_INVALID with every value at fault.
    """
    require(may(actor, Action.EDIT_DEFINITION))
    row = view_definition(session, actor, definition_id)
    check_version(session, row, version)
    checks.require_well_formed(
        problems_in(values, active_definition(session, today(), unit_of(row)))
        or _strangers(session, row, values)
    )
    with changing(session, actor, Event.DEFINITION_EDITED, row):
        move(row, DefinitionAction.EDIT)
        _fill(row, values)
        known = {c.key: c for c in row.criteria}
        for criterion in values.criteria:
            held = known[criterion.key]
            held.swing_points = criterion.swing_points
            held.anchor_low_milli = criterion.anchor_low_milli
            held.anchor_high_milli = criterion.anchor_high_milli
            held.forecast_blend = criterion.forecast_blend
            held.enters_strategic_weight = criterion.enters_strategic_weight
        named = [_named(actor, n, row) for n in values.named]
        row.manual.clear()
        session.flush()
        row.manual.extend(named)
        row.updated_at = now()
    return row


def _strangers(session: Session, row: KeyAccountDefinition, values: DefinitionValues) -> list[Problem]:
    """Criteria or customers that there are not, and money that would weigh as strategy."""
    known = {c.key: c for c in row.criteria}
    found = [
        checks.unknown(f"criteria/{i}/key", c.key, known)
        for i, c in enumerate(values.criteria)
        if c.key not in known
    ]
    reason, remedy = (
        "Money is counted in the value already; as strategy it would count twice.",
        "Let only criteria that are not money weigh as strategy.",
    )
    found += [
        checks.problem(f"criteria/{i}/enters_strategic_weight", "E_MONEY_TWICE", reason, remedy)
        for i, c in enumerate(values.criteria)
        if c.key in known and c.enters_strategic_weight and known[c.key].kind is CriterionKind.MONETARY
    ]
    accounts = customers_of(session, unit_of(row))
    twice = len({n.account_id for n in values.named}) < len(values.named)
    for i, n in enumerate(values.named):
        if n.account_id not in accounts or twice:
            reason, remedy = "This customer is unknown or named twice.", "Choose each customer once."
            found.append(checks.problem(f"named/{i}/account_id", "E_NAMED_ACCOUNT", reason, remedy))
    return found


def propose_definition(
    session: Session, actor: Actor, definition_id: str, version: int
) -> KeyAccountDefinition:
    """Hand a draft to a second person.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE; E_INVALID when its first day is over.
    """
    require(may(actor, Action.EDIT_DEFINITION))
    row = view_definition(session, actor, definition_id)
    check_version(session, row, version)
    checks.require_well_formed(problems_in(values_of(row), active_definition(session, today(), unit_of(row))))
    with changing(session, actor, Event.DEFINITION_PROPOSED, row):
        move(row, DefinitionAction.PROPOSE)
        row.proposed_by_id = actor.user_id
    return row


def return_definition(
    session: Session, actor: Actor, definition_id: str, version: int, reason: str
) -> KeyAccountDefinition:
    """Send a proposed version back to be changed; its author may take it back too.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE; E_INVALID without a reason.
    """
    require(may(actor, Action.APPROVE_DEFINITION))
    row = view_definition(session, actor, definition_id)
    check_version(session, row, version)
    checks.require_well_formed(checks.text("reason", reason, 500, required=True))
    with changing(session, actor, Event.DEFINITION_RETURNED, row, reason=checks.tidy(reason)):
        move(row, DefinitionAction.RETURN)
        row.proposed_by_id = None
    return row


def approve_definition(
    session: Session, actor: Actor, definition_id: str, version: int
) -> KeyAccountDefinition:
    """Put a proposed version in force from its first day on; the version before ends the day before.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE; E_SECOND_PERSON for who proposed it;
            E_INVALID when its first day is over.
    """
    require(may(actor, Action.APPROVE_DEFINITION))
    row = view_definition(session, actor, definition_id)
    check_version(session, row, version)
    if row.proposed_by_id == actor.user_id:
        raise refuse(
            Kind.FORBIDDEN,
            "E_SECOND_PERSON",
            "Who proposed a definition cannot approve it.",
            "Ask somebody else of leadership.",
        )
    before = active_definition(session, today(), unit_of(row))
    checks.require_well_formed(problems_in(values_of(row), before))
    for old in _overlapping(session, row):
        with changing(session, actor, Event.DEFINITION_RETIRED, old):
            move(old, DefinitionAction.RETIRE)
            old.valid_to = max(old.valid_from, row.valid_from - timedelta(days=1))
    with changing(session, actor, Event.DEFINITION_APPROVED, row):
        row.approved_by_id, row.approved_at = actor.user_id, now()
        move(row, DefinitionAction.APPROVE)
    return row


def _overlapping(session: Session, row: KeyAccountDefinition) -> Sequence[KeyAccountDefinition]:
    return session.scalars(
        select(KeyAccountDefinition).where(
            KeyAccountDefinition.scope == row.scope,
            KeyAccountDefinition.scope_id == row.scope_id,
            KeyAccountDefinition.state == DefinitionState.ACTIVE,
            KeyAccountDefinition.id != row.id,
            or_(KeyAccountDefinition.valid_to.is_(None), KeyAccountDefinition.valid_to >= row.valid_from),
        )
    ).all()


@dataclass(frozen=True, slots=True)
class AccountChange:
    """A customer whose standing a version would change."""

    before: Judgement
    after: Judgement

    @property
    def classes(self) -> tuple[Dependency | None, Dependency | None]:
        """The class before and after."""
        return self.before.dependency, self.after.dependency

    @property
    def weights(self) -> tuple[Figure, Figure]:
        """The strategic weight before and after."""
        return self.before.standing.weight, self.after.standing.weight


def account_changes(session: Session, tried: Tried) -> list[AccountChange]:
    """Customers that would change class, reasons for being key, score or weight, as of today.

    A unit's definition is compared with the unit's own version in force, among the unit's customers.
    """
    day = today()
    if isinstance(tried, KeyAccountDefinition) and tried.scope_id:
        unit = unit_of(tried)
        before, after = judge_unit(session, day, unit).judged, judge_unit(session, day, unit, tried).judged
    else:
        before, after = judge(session, day).judged, judge(session, day, tried).judged
    changes = [AccountChange(before[key], after[key]) for key in after]
    return [change for change in changes if _seen(change.before) != _seen(change.after)]


def _seen(judgement: Judgement) -> Mapping[str, object]:
    stands = judgement.standing
    return {
        "class": judgement.dependency,
        "reasons": judgement.reasons,
        "score": stands.priority.value,
        "weight": stands.weight.value,
    }
