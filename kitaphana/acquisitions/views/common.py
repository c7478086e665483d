"""What the pages of purchases share: the organisation, the year, sums typed by people."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages

from kitaphana.acquisitions.errors import BadAmount
from kitaphana.acquisitions.queries import VIEW
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, command_id_of, number
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization


def chosen_node(request: Request) -> Organization:
    """The organisation in the address, else the library one works in, else the highest one within reach."""
    reach = request.actor.reach(VIEW)
    if code := (request.GET.get("node") or request.POST.get("node")):
        return organizations.organization_by_code(code, reach)
    if request.library and reach.prefixes == (request.library.path,):
        library: Organization = request.library
        return library
    return organizations.top_nodes(reach)[0]


def chosen_year(request: Request) -> int:
    """The calendar year asked for, else this one."""
    year = number(request.GET.get("year") or request.POST.get("year"))
    return year if year is not None and 2000 <= year <= 2100 else clock.today().year


def place(request: Request, node: Organization, year: int) -> dict[str, Any]:
    """What every page says of where it is."""
    today = clock.today().year
    above = organizations.lineage(node)[:-1]
    return {
        "node": node,
        "lineage": [one for one in above if request.actor.may(VIEW, one.path)],
        "year": year,
        "years": sorted({year, *range(today - 2, today + 7)}),
        "may_manage": request.actor.may(Permission.ACQUISITIONS_MANAGE, node.path),
        "may_approve": request.actor.may(Permission.ACQUISITIONS_APPROVE, node.path),
    }


def typed_sum(text: str) -> Decimal:
    """Tenge as people type them: spaces, a comma, the sign of the currency.

    :raises BadAmount: no number.
    """
    plain = "".join(text.split()).replace(",", ".").replace("₸", "").replace("−", "-")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise BadAmount(value=text[:40]) from None
    if not value.is_finite():
        raise BadAmount(value=text[:40])
    return value


def typed_count(text: str) -> int:
    """A number of volumes; empty is none.

    :raises BadAmount: no whole number.
    """
    plain = "".join(text.split())
    if not plain:
        return 0
    if (count := number(plain)) is None:
        raise BadAmount(value=text[:40])
    return count


def typed_day(text: str) -> date:
    """A day out of a form; today where it is empty.

    :raises BadAmount: no day.
    """
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadAmount(value=text[:40]) from None


def by_hand(request: Request) -> dict[str, Any]:
    """What every command gets from a form: who, when, the form's own id."""
    return {"actor": request.actor, "at": clock.now(), "command_id": command_id_of(request)}


def refuse(request: Request, refusal: DomainError) -> None:
    """Show a refusal with its advice over the page that comes next."""
    messages.error(request, f"{refusal} {refusal.advice_text}")
