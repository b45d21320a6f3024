"""A key account manager files, changes, submits and withdraws requests for specialists' time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from planner import checks
from planner.actor import Actor, acts_for
from planner.audit import Event, record
from planner.clock import now
from planner.permissions import Action, may
from planner.records import (
    Account,
    RequestLine,
    RequestStatus,
    ResourceRequest,
    StrategicGoal,
    new_id,
)
from planner.scope import an_id, find_account, find_request, visible_requests
from planner.services.filing.dossier_gate import dossier_problems
from planner.services.filing.obligations import confirm_obligation, list_obligations
from planner.services.filing.request_revision import (
    changes_the_plan,
    withdraw_proposals,
    withdraw_touched,
)
from planner.services.filing.request_rules import account_problems, incomplete, span_problems
from planner.services.filing.request_store import References, resolve, state, store, values_of
from planner.services.filing.request_values import LineValues, RequestValues, problems_in, tidied
from planner.services.filing.request_warnings import warnings
from planner.services.paging import Page, one_page
from planner.services.planning.cycles import current_cycle
from planner.services.quotas import check_open_requests
from planner.services.versions import check_version
from planner.transitions import RequestAction, check, move
from planner.usual import usual_chances
from planner.verdict import Denied, Kind, Message, Problem, Refused, not_found, refuse, require

__all__ = [
    "LineValues",
    "Page",
    "RequestValues",
    "confirm_obligation",
    "count_requests",
    "edit_request",
    "file_request",
    "list_obligations",
    "list_requests",
    "missing_to_submit",
    "return_request",
    "submit_request",
    "values_of",
    "view_request",
    "warnings",
    "withdraw_request",
]


def file_request(
    session: Session, actor: Actor, values: RequestValues, request_id: str | None = None
) -> ResourceRequest:
    """File a draft for an own or delegated account.

    Sending the same content again under the same `request_id` gives the same draft, so a double click files
    once.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for an account (or id) that is not the actor's; E_INVALID with every
            value at fault; E_ALREADY_FILED when the id is in use with other content; E_QUOTA when too many
            are open.
    """
    require(may(actor, Action.FILE_REQUEST))
    account, on_behalf = _own_account(session, actor, values.account_id)
    if request_id is not None:
        checks.require_well_formed(checks.identifier("id", request_id))
        known = session.get(ResourceRequest, request_id)
        if known is not None:
            return _filed_before(session, actor, known, values)
    check_open_requests(session, account)
    references = _accept(session, actor, account, values)
    values = _tidied(session, values)
    request = ResourceRequest(
        id=request_id or new_id(),
        account=account,
        kam_id=account.kam_id,
        filed_by_id=actor.user_id,
        obligation=False,
        contract_reference="",
        status=RequestStatus.DRAFT,
        status_since=now(),
    )
    store(session, request, _titled(values, account), references)
    record(session, on_behalf, Event.REQUEST_FILED, request, before=None, after=state(request))
    return request


def _own_account(session: Session, actor: Actor, account_id: str) -> tuple[Account, Actor]:
    """The account, when the actor may file for it, and the actor naming whom they stand in for."""
    account = find_account(session, actor, account_id)
    return account, _keeping(session, actor, account)


def _own_request(session: Session, actor: Actor, request_id: str) -> tuple[ResourceRequest, Actor]:
    """The request, when its account is the actor's; who merely sees it is told no, not "nothing here"."""
    request = find_request(session, actor, request_id)
    return request, _keeping(session, actor, request.account)


def _keeping(session: Session, actor: Actor, account: Account) -> Actor:
    """The actor as who keeps the account: its KAM, the deputy, or who stands in for one of them."""
    people = acts_for(session, actor)
    keepers = [keeper for keeper in (account.kam_id, account.deputy_kam_id) if keeper in people]
    if not keepers:
        raise refuse(
            Kind.FORBIDDEN,
            "E_NOT_OWN",
            "Only the key account manager of this customer, or who stands in, may do this.",
            "Ask them, or have it delegated to you.",
        )
    if account.kam_id == actor.user_id:
        return actor
    # A deputy acts for the KAM; a delegate for whoever lent the rights.
    return replace(
        actor, on_behalf_of=account.kam_id if account.deputy_kam_id == actor.user_id else keepers[0]
    )


def _filed_before(
    session: Session, actor: Actor, known: ResourceRequest, values: RequestValues
) -> ResourceRequest:
    request = find_request(session, actor, known.id)
    if request.filed_by_id != actor.user_id:
        raise not_found()
    if not problems_in(values) and _titled(_tidied(session, values), request.account) == values_of(request):
        return request
    raise refuse(
        Kind.STATE,
        "E_ALREADY_FILED",
        "This request was filed before with other content.",
        "Open it and edit it, or file the new one without an id.",
    )


def _tidied(session: Session, values: RequestValues) -> RequestValues:
    """The values as they are stored, with the chances that are usual at the stage where none are stated."""
    return tidied(values, usual_chances(session))


def _titled(values: RequestValues, account: Account) -> RequestValues:
    """A request without a title carries its customer's name."""
    return values if values.title else replace(values, title=account.name)


def _accept(session: Session, actor: Actor, account: Account, values: RequestValues) -> References:
    """Check all that a draft must keep to.

    Raises:
        Refused: E_INVALID with everything at fault at once.
    """
    found = problems_in(values)
    if not found:
        found += span_problems(session, values.earliest_week, values.latest_week)
    # References of malformed lines are not looked up: the database must not meet such texts.
    if any(p.where.startswith("lines") for p in found):
        references = References({}, {})
    else:
        references, unknown = resolve(session, values, actor.language)
        found += unknown
    found += [p for p in account_problems(account, None) if p not in found]
    checks.require_well_formed(found)
    return references


def edit_request(
    session: Session, actor: Actor, request_id: str, version: int, values: RequestValues
) -> ResourceRequest:
    """Replace the content of a request; the same content again changes nothing.

    A planned or decided request goes back to submitted. Lines that ask for something else now are withdrawn
    from the plan and decided anew; what was decided on the others stands. Words alone change nothing there.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_VERSION_STALE; E_STATE once published or over;
            E_INVALID with every value at fault, and for a submitted request with everything missing.
    """
    require(may(actor, Action.EDIT_REQUEST))
    request, on_behalf = _own_request(session, actor, request_id)
    if not problems_in(values) and _titled(_tidied(session, values), request.account) == values_of(request):
        return request
    check_version(session, request, version)
    require(check(request, RequestAction.EDIT))
    account, on_behalf = _own_account(session, actor, values.account_id)
    references = _accept(session, actor, account, values)
    before = state(request)
    weighty = changes_the_plan(values_of(request), _titled(_tidied(session, values), account))
    request.account, request.kam_id = account, account.kam_id
    store(session, request, _titled(_tidied(session, values), account), references)
    if weighty:
        _file_anew(session, request)
        withdraw_touched(session, on_behalf, request)
        move(request, RequestAction.EDIT)
    if request.status == RequestStatus.SUBMITTED:
        request.outcome = None
        checks.require_well_formed(incomplete(session, request))
    record(session, on_behalf, Event.REQUEST_EDITED, request, before=before, after=state(request))
    return request


def _file_anew(session: Session, request: ResourceRequest) -> None:
    """Let what no plan has seen count from now when it is changed after the cut-off; its place stays.

    Else a few words filed in time would keep the door open for anything.
    """
    cycle = current_cycle(session)
    if request.status == RequestStatus.SUBMITTED and cycle is not None and now() > cycle.request_cutoff:
        request.submitted_at = now()


def missing_to_submit(session: Session, request: ResourceRequest) -> tuple[Problem, ...]:
    """All that stands between the request and the plan, each with its remedy; empty when it is complete."""
    return (*incomplete(session, request), *dossier_problems(session, request))


def submit_request(session: Session, actor: Actor, request_id: str, version: int) -> ResourceRequest:
    """Hand a complete draft to the planning; its place in the filing order is given once and kept.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_VERSION_STALE; E_STATE; E_INCOMPLETE with everything
            missing at once.
    """
    require(may(actor, Action.SUBMIT_REQUEST))
    request, on_behalf = _own_request(session, actor, request_id)
    check_version(session, request, version)
    require(check(request, RequestAction.SUBMIT))
    problems = missing_to_submit(session, request)
    if problems:
        raise Refused(
            Denied(
                Kind.INVALID,
                "E_INCOMPLETE",
                Message("The request is not complete yet."),
                Message("Fill in what is marked and submit it again; the draft is kept."),
                problems,
            )
        )
    before = state(request)
    move(request, RequestAction.SUBMIT)
    request.submitted_at = now()
    request.return_reason = ""
    if request.filing_order is None:
        last = session.scalar(select(func.max(ResourceRequest.filing_order)))
        request.filing_order = (last or 0) + 1
    record(session, on_behalf, Event.REQUEST_SUBMITTED, request, before=before, after=state(request))
    return request


def withdraw_request(
    session: Session, actor: Actor, request_id: str, version: int, reason: str = ""
) -> ResourceRequest:
    """Take a request back for good, before it is published; what was proposed for it is void.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_VERSION_STALE; E_STATE; E_INVALID for a bad reason.
    """
    require(may(actor, Action.WITHDRAW_REQUEST))
    request, on_behalf = _own_request(session, actor, request_id)
    check_version(session, request, version)
    checks.require_well_formed(checks.text("reason", reason, 500, lines=True))
    before = state(request)
    move(request, RequestAction.WITHDRAW)
    request.outcome = None
    withdraw_proposals(session, on_behalf, request)
    record(
        session,
        on_behalf,
        Event.REQUEST_WITHDRAWN,
        request,
        before=before,
        after=state(request),
        reason=checks.tidy(reason),
    )
    return request


def return_request(
    session: Session, actor: Actor, request_id: str, version: int, reason: str
) -> ResourceRequest:
    """Give a request back to its key account manager with the reason; what was proposed for it is void.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE; E_INVALID without a reason.
    """
    require(may(actor, Action.RETURN_REQUEST))
    request = find_request(session, actor, request_id)
    check_version(session, request, version)
    checks.require_well_formed(checks.text("reason", reason, 500, required=True, lines=True))
    before = state(request)
    move(request, RequestAction.RETURN)
    request.return_reason = checks.tidy(reason)
    request.outcome = None
    withdraw_proposals(session, actor, request)
    record(
        session,
        actor,
        Event.REQUEST_RETURNED,
        request,
        before=before,
        after=state(request),
        reason=request.return_reason,
    )
    return request


def view_request(session: Session, actor: Actor, request_id: str) -> ResourceRequest:
    """One request that the actor may see.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_REQUEST))
    return find_request(session, actor, request_id)


def count_requests(session: Session, actor: Actor) -> Mapping[RequestStatus, int]:
    """How many requests that the actor may see stand where; states without any are left out.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_REQUESTS))
    query = visible_requests(session, actor).with_only_columns(ResourceRequest.status, func.count())
    return dict(session.execute(query.group_by(ResourceRequest.status)).all())


def list_requests(
    session: Session,
    actor: Actor,
    *,
    status: str | Iterable[str] | None = None,
    text: str | None = None,
    account_id: str | None = None,
    goal_code: str | None = None,
    page: int = 1,
    per_page: int = 50,
) -> Page[ResourceRequest]:
    """The requests that the actor may see, the latest change of state first.

    `status` is one state or several; `text` is searched for as it stands in titles and customers' names. The
    number of statements does not depend on the number of rows.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID for an unknown state, a bad text or a page out of range.
    """
    require(may(actor, Action.LIST_REQUESTS))
    wanted = [status] if isinstance(status, str) else list(status or ())
    found = [p for each in wanted for p in checks.choice("status", each, RequestStatus)]
    found += checks.text("text", text, 200) if text else []
    checks.require_well_formed(found)
    query = (
        visible_requests(session, actor)
        .join(ResourceRequest.account)
        .order_by(ResourceRequest.status_since.desc(), ResourceRequest.id)
        .options(
            joinedload(ResourceRequest.account),
            joinedload(ResourceRequest.kam),
            selectinload(ResourceRequest.lines).joinedload(RequestLine.skill),
        )
    )
    if wanted:
        query = query.where(ResourceRequest.status.in_([RequestStatus(each) for each in wanted]))
    if account_id:
        query = query.where(ResourceRequest.account_id == an_id(account_id))
    if goal_code:
        query = query.where(ResourceRequest.goal.has(StrategicGoal.code == goal_code))
    if text and checks.tidy(text):
        words = checks.tidy(text)
        query = query.where(
            ResourceRequest.title.icontains(words, autoescape=True)
            | Account.name.icontains(words, autoescape=True)
        )
    return one_page(session, query, page, per_page)
