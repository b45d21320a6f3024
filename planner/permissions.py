"""Who may do what: one row per use case. Whose rows is another question, answered by `planner.scope`."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from planner.actor import SYSTEM, Actor
from planner.records import Role
from planner.verdict import Allowed, Denied, Kind, Message, Verdict


class Action(enum.StrEnum):
    """Every use case, as subject.action."""

    VIEW_TODAY = "today.view"
    VIEW_NOTICES = "notice.list"
    READ_NOTICES = "notice.read"
    EDIT_PROFILE = "profile.edit"
    SIGN_OUT = "session.end"
    CREATE_TOKEN = "token.create"  # noqa: S105 - the name of a use case
    REVOKE_TOKEN = "token.revoke"  # noqa: S105 - the name of a use case

    LIST_REQUESTS = "request.list"
    VIEW_REQUEST = "request.view"
    VIEW_REQUEST_WORTH = "request.worth"
    FILE_REQUEST = "request.file"
    EDIT_REQUEST = "request.edit"
    SUBMIT_REQUEST = "request.submit"
    WITHDRAW_REQUEST = "request.withdraw"
    RETURN_REQUEST = "request.return"
    ADMIT_LATE = "request.admit"
    VIEW_HINTS = "request.hints"
    CONFIRM_OBLIGATION = "obligation.confirm"
    VIEW_REFUSAL = "refusal.view"
    ASK_EXPLANATION = "refusal.ask"

    VIEW_CYCLES = "cycle.view"
    OPEN_CYCLE = "cycle.open"
    CLOSE_CYCLE = "cycle.close"

    VIEW_SWAPS = "swap.view"
    OFFER_SWAP = "swap.offer"
    RELEASE_SWAP = "swap.release"
    ANSWER_SWAP = "swap.answer"
    VIEW_OVERRIDES = "override.view"
    PRICE_OVERRIDE = "override.price"
    SIGN_OVERRIDE = "override.sign"
    VIEW_SCENARIOS = "scenario.view"
    EDIT_SCENARIO = "scenario.edit"
    PROMOTE_SCENARIO = "scenario.promote"
    VIEW_TRADE_OFFS = "trade_off.view"
    ASK_TRADE_OFFS = "trade_off.ask"
    VIEW_SCARCITY = "scarcity.view"
    ASK_SCARCITY = "scarcity.ask"
    VIEW_SCARCE_WEEK = "scarcity.open"
    PRICE_SCARCE_WEEK = "scarcity.price"

    START_RUN = "run.start"
    STOP_RUN = "run.stop"
    REPEAT_RUN = "run.repeat"
    VIEW_RUNS = "run.view"
    COMPARE_RUN = "run.compare"

    VIEW_INBOX = "inbox.view"
    VIEW_OUTBOX = "outbox.view"
    VIEW_PROPOSAL = "proposal.view"
    VIEW_CONSEQUENCE = "proposal.consequence"
    APPROVE = "proposal.approve"
    REJECT = "proposal.reject"
    REOPEN_DECISION = "proposal.reopen"
    APPROVE_MANY = "inbox.approve"
    DECIDE_REQUEST = "request.decide"
    COUNTER = "proposal.counter"
    LIST_OFFERS = "offer.list"
    ANSWER_OFFER = "offer.answer"
    VIEW_WAITING = "waiting.view"
    VIEW_BOOKINGS = "soft_booking.list"
    ASK_BOOKING = "soft_booking.ask"
    GRANT_BOOKING = "soft_booking.grant"
    END_BOOKING = "soft_booking.end"
    NAME_HEAD = "head.name"
    VIEW_COMMENTS = "comment.list"
    COMMENT = "comment.write"

    PUBLISH = "plan.publish"
    VIEW_PUBLICATIONS = "publication.view"
    CREATE_BOARD_LINK = "board_link.create"
    REVOKE_BOARD_LINK = "board_link.revoke"
    VIEW_REVIEW = "review.view"
    SEND_REVIEW = "review.send"
    RESOLVE = "resolution.record"
    VIEW_CONTRIBUTION = "contribution.view"
    ASK_CONTRIBUTION = "contribution.ask"
    VIEW_ALIGNMENT = "alignment.view"
    OPEN_SURVEY = "survey.open"
    ANSWER_SURVEY = "survey.answer"
    VIEW_HEAT_MAP = "load.view"
    VIEW_OWN_WEEKS = "load.own"

    LIST_ACCOUNTS = "account.list"
    VIEW_ACCOUNT = "account.view"
    VIEW_PORTFOLIO = "portfolio.view"
    VIEW_DEFINITION = "definition.view"
    EDIT_DEFINITION = "definition.edit"
    APPROVE_DEFINITION = "definition.approve"
    VIEW_CALIBRATION = "calibration.view"
    VIEW_KAM_LOADS = "kam_load.view"
    VIEW_EXPECTATIONS = "expectation.view"
    LIST_SKILLS = "skill.list"
    LIST_DEPARTMENTS = "department.list"
    LIST_SPECIALISTS = "specialist.list"

    LIST_USERS = "user.list"
    CREATE_USER = "user.create"
    CHANGE_USER = "user.change"
    SET_PASSWORD = "user.password"  # noqa: S105 - the name of a use case
    DELEGATE = "delegation.create"
    REVOKE_DELEGATION = "delegation.revoke"
    VIEW_DELEGATIONS = "delegation.view"
    VIEW_AUDIT = "audit.view"
    LOAD_COMPANY = "company.load"

    VIEW_DATA = "data.view"
    IMPORT_FILE = "data.import"
    IMPORT_ACCOUNTS = "accounts.import"
    IMPORT_FIGURES = "figures.import"
    IMPORT_RATES = "rates.import"
    IMPORT_DEPARTMENTS = "departments.import"
    IMPORT_HOLIDAYS = "holidays.import"
    IMPORT_SKILLS = "skills.import"
    IMPORT_SPECIALISTS = "specialists.import"
    IMPORT_ATTESTATIONS = "attestations.import"
    IMPORT_LEAVE = "leave.import"
    IMPORT_REQUESTS = "requests.import"
    EXPORT_ACCOUNTS = "accounts.export"
    CLOSE_MONTH = "month.close"
    EDIT_FIGURES = "figures.edit"
    VIEW_COST_RATES = "cost_rates.view"
    SET_COST_RATES = "cost_rates.set"
    VIEW_USUAL_CHANCES = "usual_chances.view"
    SET_USUAL_CHANCES = "usual_chances.set"
    CONFIRM_USUAL_CHANCES = "usual_chances.confirm"
    EDIT_RELATIONS = "relations.edit"
    RATE_ACCOUNT = "score.rate"
    CONFIRM_SCORE = "score.confirm"
    STATE_TRAIT = "trait.state"
    CONFIRM_TRAIT = "trait.confirm"
    SET_FACTOR = "factor.set"
    APPROVE_FACTOR = "factor.approve"
    VIEW_GOALS = "goal.list"
    EDIT_GOALS = "goal.edit"
    EDIT_PLAN = "account_plan.edit"
    REVIEW_PLAN = "account_plan.review"
    LIST_OUTCOMES = "outcome.list"
    RECORD_OUTCOME = "outcome.record"
    CONFIRM_OUTCOME = "outcome.confirm"
    LOG_WORK = "work.log"


KAM, HEAD, LEADERSHIP, PLANNER = Role.KAM, Role.HEAD, Role.LEADERSHIP, Role.PLANNER
FINANCE, ADMIN, SPECIALIST = Role.FINANCE, Role.ADMIN, Role.SPECIALIST

EVERYBODY = frozenset(Role)
STEERING = frozenset({LEADERSHIP, PLANNER})
OVERSEERS = frozenset({LEADERSHIP, PLANNER, FINANCE})
BUSINESS = frozenset({KAM, HEAD, LEADERSHIP, PLANNER, FINANCE})

POLICY: Mapping[Action, frozenset[Role]] = {
    Action.VIEW_TODAY: EVERYBODY,
    Action.VIEW_NOTICES: EVERYBODY,
    Action.READ_NOTICES: EVERYBODY,
    Action.EDIT_PROFILE: EVERYBODY,
    Action.SIGN_OUT: EVERYBODY,
    Action.CREATE_TOKEN: EVERYBODY,
    Action.REVOKE_TOKEN: EVERYBODY,
    Action.LIST_REQUESTS: BUSINESS,
    Action.VIEW_REQUEST: BUSINESS,
    Action.VIEW_REQUEST_WORTH: frozenset({KAM, *OVERSEERS}),
    Action.FILE_REQUEST: frozenset({KAM}),
    Action.EDIT_REQUEST: frozenset({KAM}),
    Action.SUBMIT_REQUEST: frozenset({KAM}),
    Action.WITHDRAW_REQUEST: frozenset({KAM}),
    Action.RETURN_REQUEST: STEERING,
    # Whoever opens the door after the cut-off makes an exception, and exceptions are leadership's.
    Action.ADMIT_LATE: frozenset({LEADERSHIP}),
    Action.VIEW_HINTS: frozenset({KAM}),
    # A promise with a penalty counts only when somebody who answers for money confirms it.
    Action.CONFIRM_OBLIGATION: frozenset({FINANCE, LEADERSHIP}),
    Action.VIEW_REFUSAL: frozenset({KAM, *OVERSEERS}),
    Action.ASK_EXPLANATION: frozenset({KAM, *OVERSEERS}),
    Action.VIEW_SWAPS: frozenset({KAM}),
    Action.OFFER_SWAP: frozenset({KAM}),
    Action.ANSWER_SWAP: frozenset({KAM}),
    # Either side may leave what both agreed; leadership may end it when it stands in the way of a plan.
    Action.RELEASE_SWAP: frozenset({KAM, LEADERSHIP}),
    # An override is leadership's own act; the planner runs cycles and makes no exceptions.
    Action.VIEW_OVERRIDES: OVERSEERS,
    Action.PRICE_OVERRIDE: frozenset({LEADERSHIP}),
    Action.SIGN_OVERRIDE: frozenset({LEADERSHIP}),
    Action.VIEW_SCENARIOS: STEERING,
    Action.EDIT_SCENARIO: STEERING,
    Action.PROMOTE_SCENARIO: frozenset({LEADERSHIP}),
    Action.VIEW_TRADE_OFFS: OVERSEERS,
    Action.ASK_TRADE_OFFS: STEERING,
    # A head sees the skills of the own department, in fifths and without money.
    Action.VIEW_SCARCITY: frozenset({HEAD, *OVERSEERS}),
    Action.ASK_SCARCITY: frozenset({HEAD, *STEERING}),
    Action.VIEW_SCARCE_WEEK: OVERSEERS,
    Action.PRICE_SCARCE_WEEK: STEERING,
    Action.VIEW_CYCLES: EVERYBODY,
    Action.OPEN_CYCLE: STEERING,
    Action.CLOSE_CYCLE: STEERING,
    Action.START_RUN: STEERING,
    Action.STOP_RUN: STEERING,
    Action.REPEAT_RUN: STEERING,
    Action.VIEW_RUNS: OVERSEERS,
    Action.COMPARE_RUN: OVERSEERS,
    Action.VIEW_INBOX: frozenset({HEAD}),
    Action.VIEW_OUTBOX: frozenset({HEAD}),
    Action.VIEW_PROPOSAL: frozenset({HEAD}),
    Action.VIEW_CONSEQUENCE: frozenset({HEAD}),
    # Only who answers for the people decides; leadership overrides openly, never by approving.
    Action.APPROVE: frozenset({HEAD}),
    Action.REJECT: frozenset({HEAD}),
    Action.REOPEN_DECISION: frozenset({HEAD}),
    Action.APPROVE_MANY: frozenset({HEAD}),
    Action.DECIDE_REQUEST: frozenset({HEAD}),
    Action.COUNTER: frozenset({HEAD}),
    Action.LIST_OFFERS: frozenset({KAM}),
    Action.ANSWER_OFFER: frozenset({KAM}),
    Action.VIEW_WAITING: STEERING,
    Action.VIEW_BOOKINGS: frozenset({KAM, HEAD, LEADERSHIP, PLANNER}),
    Action.ASK_BOOKING: frozenset({KAM}),
    # Hours are kept free only with the consent of who answers for the person.
    Action.GRANT_BOOKING: frozenset({HEAD}),
    Action.END_BOOKING: frozenset({KAM, HEAD, LEADERSHIP}),
    # Leadership names who decides where nobody of the department may; it never decides itself.
    Action.NAME_HEAD: frozenset({LEADERSHIP}),
    Action.VIEW_COMMENTS: BUSINESS,
    Action.COMMENT: BUSINESS,
    Action.PUBLISH: frozenset({LEADERSHIP}),
    # A published plan names every account with its money.
    Action.VIEW_PUBLICATIONS: OVERSEERS,
    Action.CREATE_BOARD_LINK: frozenset({LEADERSHIP}),
    Action.REVOKE_BOARD_LINK: frozenset({LEADERSHIP}),
    Action.VIEW_REVIEW: OVERSEERS,
    Action.SEND_REVIEW: frozenset({LEADERSHIP}),
    Action.RESOLVE: frozenset({LEADERSHIP}),
    # A head sees what the own department brings; the page leaves the others out.
    Action.VIEW_CONTRIBUTION: frozenset({HEAD, *OVERSEERS}),
    Action.ASK_CONTRIBUTION: STEERING,
    Action.VIEW_ALIGNMENT: OVERSEERS,
    Action.OPEN_SURVEY: frozenset({LEADERSHIP}),
    # Who is asked decides; an address of a round that asks somebody else opens nothing.
    Action.ANSWER_SURVEY: EVERYBODY,
    # A KAM sees the hours of the own requests only, a head those of the own department's people.
    Action.VIEW_HEAT_MAP: frozenset({KAM, HEAD, LEADERSHIP, PLANNER}),
    Action.VIEW_OWN_WEEKS: frozenset({SPECIALIST}),
    Action.LIST_ACCOUNTS: frozenset({KAM, *OVERSEERS}),
    Action.VIEW_ACCOUNT: frozenset({KAM, *OVERSEERS}),
    Action.VIEW_PORTFOLIO: OVERSEERS,
    # A head sees what the own department calls key, and nothing of the company's.
    Action.VIEW_DEFINITION: BUSINESS,
    Action.EDIT_DEFINITION: frozenset({LEADERSHIP}),
    Action.APPROVE_DEFINITION: frozenset({LEADERSHIP}),
    # A key account manager's own record is nobody's business but theirs and leadership's.
    Action.VIEW_CALIBRATION: frozenset({KAM, LEADERSHIP}),
    Action.VIEW_KAM_LOADS: OVERSEERS,
    Action.VIEW_EXPECTATIONS: frozenset({KAM, LEADERSHIP}),
    Action.LIST_SKILLS: EVERYBODY,
    Action.LIST_DEPARTMENTS: EVERYBODY,
    Action.LIST_SPECIALISTS: frozenset({KAM, HEAD, LEADERSHIP, PLANNER, ADMIN}),
    Action.LIST_USERS: frozenset({ADMIN}),
    Action.CREATE_USER: frozenset({ADMIN}),
    Action.CHANGE_USER: frozenset({ADMIN}),
    Action.SET_PASSWORD: frozenset({ADMIN}),
    Action.DELEGATE: frozenset({KAM, HEAD}),
    Action.REVOKE_DELEGATION: frozenset({KAM, HEAD, ADMIN}),
    Action.VIEW_DELEGATIONS: frozenset({KAM, HEAD, ADMIN}),
    Action.VIEW_AUDIT: frozenset({ADMIN}),
    Action.LOAD_COMPANY: frozenset(),
    Action.VIEW_DATA: frozenset({KAM, HEAD, LEADERSHIP, FINANCE, ADMIN}),
    Action.IMPORT_FILE: frozenset({KAM, HEAD, LEADERSHIP, FINANCE, ADMIN}),
    # Customers' money passes through who answers for it; administrators never see it.
    Action.IMPORT_ACCOUNTS: frozenset({FINANCE, LEADERSHIP}),
    Action.IMPORT_FIGURES: frozenset({FINANCE}),
    Action.IMPORT_RATES: frozenset({FINANCE}),
    Action.IMPORT_DEPARTMENTS: frozenset({ADMIN}),
    Action.IMPORT_HOLIDAYS: frozenset({ADMIN}),
    Action.IMPORT_SKILLS: frozenset({ADMIN}),
    Action.IMPORT_SPECIALISTS: frozenset({ADMIN}),
    Action.IMPORT_ATTESTATIONS: frozenset({ADMIN, HEAD}),
    Action.IMPORT_LEAVE: frozenset({ADMIN, HEAD}),
    Action.IMPORT_REQUESTS: frozenset({KAM}),
    Action.EXPORT_ACCOUNTS: frozenset({KAM, LEADERSHIP, FINANCE}),
    Action.CLOSE_MONTH: frozenset({FINANCE}),
    Action.EDIT_FIGURES: frozenset({FINANCE}),
    Action.VIEW_COST_RATES: frozenset({FINANCE, LEADERSHIP}),
    Action.SET_COST_RATES: frozenset({FINANCE}),
    # Usual chances move plans, so a second person of these agrees.
    Action.VIEW_USUAL_CHANCES: frozenset({ADMIN, FINANCE, LEADERSHIP}),
    Action.SET_USUAL_CHANCES: frozenset({ADMIN, FINANCE}),
    Action.CONFIRM_USUAL_CHANCES: frozenset({ADMIN, FINANCE, LEADERSHIP}),
    Action.EDIT_RELATIONS: frozenset({KAM}),
    # A second rater is anybody who oversees the company; the account's own KAM rates the business side.
    Action.RATE_ACCOUNT: frozenset({KAM, LEADERSHIP, FINANCE}),
    Action.CONFIRM_SCORE: frozenset({LEADERSHIP, FINANCE}),
    # A trait makes a customer key for the company, so leadership has the second word; a factor is its own.
    Action.STATE_TRAIT: frozenset({KAM, LEADERSHIP}),
    Action.CONFIRM_TRAIT: frozenset({LEADERSHIP}),
    Action.SET_FACTOR: frozenset({LEADERSHIP}),
    Action.APPROVE_FACTOR: frozenset({LEADERSHIP}),
    Action.VIEW_GOALS: frozenset({KAM, *OVERSEERS}),
    Action.EDIT_GOALS: frozenset({LEADERSHIP}),
    Action.EDIT_PLAN: frozenset({KAM}),
    Action.REVIEW_PLAN: frozenset({LEADERSHIP}),
    Action.LIST_OUTCOMES: frozenset({KAM, LEADERSHIP, FINANCE}),
    Action.RECORD_OUTCOME: frozenset({KAM}),
    Action.CONFIRM_OUTCOME: frozenset({FINANCE, LEADERSHIP}),
    Action.LOG_WORK: frozenset({SPECIALIST, HEAD}),
}


def may(actor: Actor, action: Action) -> Verdict:
    """Whether the actor's roles allow the use case at all; an action missing from the table is denied."""
    allowed = POLICY.get(action, frozenset())
    if actor == SYSTEM or actor.roles & allowed:
        return Allowed()
    return Denied(
        Kind.FORBIDDEN,
        "E_FORBIDDEN",
        Message("Your role does not allow this step."),
        Message("Ask somebody with the right role, or an administrator to change yours."),
        details={"action": action.value, "roles": sorted(role.value for role in allowed)},
    )
