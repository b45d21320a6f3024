"""Accounts as the reader may see them: the list, one account, each number's working."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from planner import settings
from planner.actor import Actor
from planner.permissions import Action
from planner.services.customers import account_files, units, worth
from planner.services.customers.worth import AccountWorth
from planner.services.filing import requests
from planner.units import units_that_are
from planner.worth import Dependency, Flag
from web.charts import monthly
from web.database import reads
from web.figures import plain
from web.labels import LABELS
from web.pages.definitions import unit_name
from web.pages.frame import page
from web.pages.requests import harmless
from web.policy import policy
from web.rendering import UNKNOWN, label

pages = Blueprint("accounts", __name__)

FILTERS: Final = ("text", "class", "flag", "kam")
SORTS: Final[dict[str, Callable[[AccountWorth], Any]]] = {
    "name": lambda row: row.judgement.account.name.casefold(),
    "share": lambda row: row.judgement.share.value,
    "profit": lambda row: row.judgement.money.contribution.value,
    "cash": lambda row: row.judgement.money.cash_flow.value,
    "trend": lambda row: row.judgement.money.trend.value,
    "score": lambda row: row.judgement.standing.priority.value,
    "age": lambda row: row.judgement.account.data_as_of,
}


@pages.get("/accounts")
@policy(Action.LIST_ACCOUNTS)
@reads
def show_list(session: Session, actor: Actor) -> str:
    """The customers in the reader's scope with their worth."""
    found = worth.list_worths(session, actor)
    rows = arranged(found.rows)
    return page(
        session,
        actor,
        "accounts/list.html",
        found=found,
        rows=rows,
        chosen=chosen(),
        kams=sorted({row.judgement.account.kam.display_name for row in found.rows}),
        classes=list(Dependency),
        known_flags=list(Flag),
        sort=sorting(),
        sort_link=sort_link,
        export=_address("/accounts.csv"),
    )


def chosen() -> dict[str, str]:
    """The filters in the address."""
    return {name: request.args.get(name, "") for name in FILTERS}


def sorting() -> tuple[str, bool]:
    """The column to sort by, and whether the largest comes first."""
    name = request.args.get("sort", "")
    known = name if name in SORTS else "name"
    down = request.args.get("down", "") == "1" if name in SORTS else False
    return known, down


def sort_link(name: str) -> str:
    """The address that sorts by a column, the other way round when it is sorted by it already."""
    now, down = sorting()
    largest_first = not down if now == name else name != "name"
    return _address("/accounts", sort=name, down="1" if largest_first else "")


def _address(path: str, **changed: str) -> str:
    sort, down = sorting()
    kept = {
        **chosen(),
        "sort": sort if request.args.get("sort") else "",
        "down": "1" if down else "",
        **changed,
    }
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{path}?{query}" if query else path


def arranged(rows: Iterable[AccountWorth]) -> list[AccountWorth]:
    """The rows that pass the filters of the address, in its order; what is unknown comes last."""
    wanted = chosen()
    kept = [row for row in rows if _passes(row, wanted)]
    name, down = sorting()
    key = SORTS[name]
    known = [row for row in kept if key(row) is not None]
    known.sort(key=lambda row: row.judgement.account.name.casefold())
    known.sort(key=key, reverse=down)
    return known + [row for row in kept if key(row) is None]


def _passes(row: AccountWorth, wanted: dict[str, str]) -> bool:
    account = row.judgement.account
    text = wanted["text"].casefold()
    dependency = row.judgement.dependency
    named = {"key_any": row.judgement.is_key, "unknown": dependency is None}
    return (
        (
            not text
            or text in f"{account.name} {account.code} {account.segment} {account.territory}".casefold()
        )
        and (not wanted["class"] or named.get(wanted["class"], dependency == wanted["class"]))
        and (not wanted["flag"] or wanted["flag"] in row.judgement.flags)
        and (not wanted["kam"] or account.kam.display_name == wanted["kam"])
    )


@pages.get("/accounts.csv")
@policy(Action.LIST_ACCOUNTS)
@reads
def export(session: Session, actor: Actor) -> Response:
    """The same list as a file for a spreadsheet: money in whole currency, shares in percent."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_columns())
    for row in arranged(worth.list_worths(session, actor).rows):
        table.writerow(_cells(row))
    headers = {"Content-Disposition": "attachment; filename=accounts.csv"}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def _columns() -> list[str]:
    return [
        *(_("Code"), _("Account"), _("Segment"), _("Territory"), _("Account manager"), _("State")),
        *(_("Class"), _("Key because"), _("Share, %"), _("Net revenue"), _("Contribution profit")),
        *(_("Cash flow"), _("Trend, %"), _("Days until we are paid"), _("Priority score")),
        *(_("Known part of the weights, %"), _("Flags"), _("Months known"), _("Figures as of")),
    ]


def _cells(row: AccountWorth) -> list[Any]:
    found, money = row.judgement, row.judgement.money
    account = found.account
    return [
        *map(harmless, (account.code, account.name, account.segment, account.territory)),
        harmless(account.kam.display_name),
        label(account.status),
        label(found.dependency),
        "; ".join(label(reason) for reason in found.reasons),
        plain(row.share),
        *(plain(f) for f in (money.net_revenue, money.contribution, money.cash_flow, money.trend, money.dso)),
        plain(found.standing.priority.figure),
        plain(found.standing.priority.coverage),
        "; ".join(label(flag) for flag in found.flags),
        f"{money.known}/{money.asked}",
        account.data_as_of.isoformat() if account.data_as_of else "",
    ]


@pages.get("/accounts/<id:account_id>")
@policy(Action.VIEW_ACCOUNT)
@reads
def show(session: Session, actor: Actor, account_id: str) -> str:
    """One customer: money by month, score, relations, plan, requests, hours."""
    found = worth.view_worth(session, actor, account_id)
    names = units_that_are(session)
    months = found.judgement.money.months
    by_month = {m.month.month: m for m in months}
    line = [by_month.get(name) for name in found.company.books.window]
    chart = monthly(
        [m.profit.contribution.value if m else None for m in line],
        [m.cash_flow.value if m else None for m in line],
    )
    return page(
        session,
        actor,
        "accounts/show.html",
        worth=found,
        standings=units.list_standings(session, actor, account_id),
        unit_name=lambda unit: unit_name(unit, names),
        file=account_files.account_file(session, found),
        age=worth.data_age(found),
        chart=chart,
        line=list(zip(found.company.books.window, line, strict=True)),
        requests=requests.list_requests(session, actor, account_id=account_id, per_page=200).rows,
        least_dossier=settings.least_dossier(),
        dossier_name=lambda name: LABELS["Dossier"].get(name, name),
        strength=lambda value: "\u25cf" * value + "\u25cb" * (5 - value) if value is not None else UNKNOWN,
    )


@pages.get("/accounts/<id:account_id>/figures/<name>")
@policy(Action.VIEW_ACCOUNT)
@reads
def show_figure(session: Session, actor: Actor, account_id: str, name: str) -> str:
    """One number down to its inputs."""
    found, figure = worth.view_figure(session, actor, account_id, name)
    return page(session, actor, "accounts/figure.html", worth=found, figure=figure, name=name)
