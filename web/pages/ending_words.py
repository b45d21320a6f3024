"""When a request or an offer to its customer ends, in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from planner.records import ResourceRequest
from planner.services.filing.offer_ends import days_left
from planner.solving.lasting import End, EndKind
from web.rendering import day, icon, week


def end_words(end: End) -> str:
    """What ends a request, the strictest of all dates: the last week of work, and why."""
    last = week(end.week)
    if end.kind is EndKind.DEADLINE:
        return _("Work must end by %(week)s: the deadline is %(day)s.", week=last, day=day(end.day))
    if end.kind is EndKind.OFFER:
        return _("Work must end by %(week)s: our offer lapses after %(day)s.", week=last, day=day(end.day))
    if end.kind is EndKind.WORTH:
        return _("Work after %(week)s is worth nothing, as stated.", week=last)
    return _("Work must end by %(week)s, the latest week asked for.", week=last)


def offer_mark(request: ResourceRequest) -> Markup:
    """A chip where the offer of an open request ends soon or has lapsed; else nothing."""
    left = days_left(request)
    if left is None:
        return Markup()
    if left < 0:
        return _chip("bad", "alert", _("offer lapsed"))
    if left == 0:
        return _chip("bad", "clock", _("offer ends today"))
    return _chip("warn", "clock", ngettext("offer ends in %(num)d day", "offer ends in %(num)d days", left))


def _chip(tone: str, picture: str, text: str) -> Markup:
    return Markup('<span class="mark mark-{}">{}{}</span>').format(tone, icon(picture), text)
