"""The policy, against a second table kept apart from the code."""

from __future__ import annotations

import pytest

from planner.actor import SYSTEM, Actor
from planner.permissions import POLICY, Action, may
from planner.records import Role
from planner.verdict import Denied, Kind

LETTERS = {
    "K": Role.KAM,
    "H": Role.HEAD,
    "L": Role.LEADERSHIP,
    "P": Role.PLANNER,
    "F": Role.FINANCE,
    "A": Role.ADMIN,
    "S": Role.SPECIALIST,
}

EXPECTED = """
today.view           KHLPFAS
notice.list          KHLPFAS
notice.read          KHLPFAS
profile.edit         KHLPFAS
session.end          KHLPFAS
token.create         KHLPFAS
token.revoke         KHLPFAS
request.list         KHLPF
request.view         KHLPF
request.file         K
request.edit         K
request.submit       K
request.withdraw     K
request.return       LP
request.admit        L
request.hints        K
obligation.confirm   LF
refusal.view         KLPF
refusal.ask          KLPF
cycle.view           KHLPFAS
cycle.open           LP
cycle.close          LP
run.start            LP
run.stop             LP
run.repeat           LP
run.view             LPF
run.compare          LPF
inbox.view           H
outbox.view          H
proposal.view        H
proposal.consequence H
proposal.approve     H
proposal.reject      H
request.decide       H
inbox.approve        H
proposal.counter     H
proposal.reopen      H
offer.list           K
offer.answer         K
waiting.view         LP
soft_booking.list    KHLP
soft_booking.ask     K
soft_booking.grant   H
soft_booking.end     KHL
head.name            L
comment.list         KHLPF
comment.write        KHLPF
plan.publish         L
publication.view     LPF
board_link.create    L
board_link.revoke    L
review.view          LPF
review.send          L
resolution.record    L
contribution.view    HLPF
contribution.ask     LP
alignment.view       LPF
survey.open          L
survey.answer        KHLPFAS
load.view            KHLP
load.own             S
account.list         KLPF
account.view         KLPF
skill.list           KHLPFAS
department.list      KHLPFAS
specialist.list      KHLPA
user.list            A
user.create          A
user.change          A
user.password        A
delegation.create    KH
delegation.revoke    KHA
delegation.view      KHA
audit.view           A
company.load
request.worth        KLPF
swap.view            K
swap.offer           K
swap.answer          K
swap.release         KL
override.view        LPF
override.price       L
override.sign        L
scenario.view        LP
scenario.edit        LP
scenario.promote     L
trade_off.view       LPF
trade_off.ask        LP
scarcity.view        HLPF
scarcity.ask         HLP
scarcity.open        LPF
scarcity.price       LP
portfolio.view       LPF
definition.view      KHLPF
definition.edit      L
definition.approve   L
calibration.view     KL
kam_load.view        LPF
expectation.view     KL
data.view            KHLFA
data.import          KHLFA
accounts.import      LF
figures.import       F
rates.import         F
departments.import   A
holidays.import      A
skills.import        A
specialists.import   A
attestations.import  HA
leave.import         HA
requests.import      K
accounts.export      KLF
month.close          F
figures.edit         F
cost_rates.view      LF
cost_rates.set       F
usual_chances.view   LFA
usual_chances.set    FA
usual_chances.confirm LFA
relations.edit       K
score.rate           KLF
score.confirm        LF
trait.state          KL
trait.confirm        L
factor.set           L
factor.approve       L
goal.list            KLPF
goal.edit            L
account_plan.edit    K
account_plan.review  L
outcome.list         KLF
outcome.record       K
outcome.confirm      FL
work.log             SH
"""
TABLE = {
    action: letters[0] if letters else ""
    for action, *letters in (line.split() for line in EXPECTED.strip().splitlines())
}


def test_the_second_table_names_every_use_case() -> None:
    """A new use case must be written down twice."""
    assert set(TABLE) == {action.value for action in Action} == {action.value for action in POLICY}


@pytest.mark.parametrize("action", Action, ids=str)
def test_each_role_may_what_the_table_says(action: Action) -> None:
    """Every role is asked for every use case; the refusal names the roles that would do."""
    for letter, role in LETTERS.items():
        verdict = may(Actor("id", "name", frozenset({role})), action)
        assert bool(verdict) == (letter in TABLE[action.value]), role
        if isinstance(verdict, Denied):
            assert (verdict.kind, verdict.code) == (Kind.FORBIDDEN, "E_FORBIDDEN")
            assert set(verdict.details["roles"]) == {LETTERS[x].value for x in TABLE[action.value]}


def test_nobody_may_nothing_and_the_system_everything() -> None:
    """Somebody without a role, or not signed in, gets nowhere; only the planner itself needs no role."""
    nobody, guest = Actor("id", "name", frozenset()), Actor(None, "guest", frozenset())
    assert not any(may(nobody, action) or may(guest, action) for action in Action)
    assert all(may(SYSTEM, action) for action in Action)


def test_two_roles_add_up() -> None:
    """A head who also keeps customers may do both jobs."""
    both = Actor("id", "name", frozenset({Role.KAM, Role.HEAD}))
    assert may(both, Action.FILE_REQUEST)
    assert may(both, Action.APPROVE)
    assert not may(both, Action.PUBLISH)
