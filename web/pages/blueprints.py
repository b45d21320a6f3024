"""The pages, in the order of the navigation."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request

from web.answers import stop
from web.pages import (
    accounts,
    admin,
    board,
    bookings,
    cost_rates,
    cycles,
    data,
    deciding,
    definitions,
    dossier,
    figures,
    inbox,
    kams,
    obligations,
    outcomes,
    overrides,
    plan,
    portfolio,
    profile,
    request_edit,
    request_worth,
    requests,
    review,
    runs,
    scarcity,
    scenarios,
    sign_in,
    standing,
    surveys,
    swaps,
    today,
    trade_offs,
    usual_chances,
)

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    sign_in.pages,
    profile.pages,
    today.pages,
    requests.pages,
    request_edit.pages,
    request_worth.pages,
    accounts.pages,
    figures.pages,
    cost_rates.pages,
    usual_chances.pages,
    standing.pages,
    portfolio.pages,
    definitions.pages,
    kams.pages,
    obligations.pages,
    outcomes.pages,
    inbox.pages,
    deciding.pages,
    bookings.pages,
    plan.pages,
    runs.pages,
    scenarios.pages,
    trade_offs.pages,
    scarcity.pages,
    overrides.pages,
    swaps.pages,
    cycles.pages,
    board.pages,
    review.pages,
    surveys.pages,
    dossier.pages,
    data.pages,
    admin.pages,
)


def refuse_zero_characters() -> None:
    """Before every page: a text with a zero character is no text, and PostgreSQL refuses to look for it.

    Raises:
        Stopped: 422.
    """
    values = [*request.args.values(), *request.form.values(), *request.form]
    if any("\x00" in value for value in values):
        raise stop(422, "E_TEXT_CHAR", "The form holds a character that no text has.", "Type it anew.")


for _blueprint in BLUEPRINTS:
    _blueprint.before_request(refuse_zero_characters)
