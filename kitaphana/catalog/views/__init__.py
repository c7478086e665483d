"""Pages of the catalogue for those who describe and import."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from kitaphana.catalog.models import Record
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request


def record_or_refuse(pk: int) -> Record:
    """The record of an address.

    :raises NotFound: there is none.
    """
    record = Record.objects.filter(pk=pk).first() if pk < 2**63 else None
    if record is None:
        raise NotFound()
    return record


def way_back(request: Request) -> str:
    """Where the person came from (``next``), when it is a page of ours; else empty."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if allowed else ""


def address_after(record: Record, back: str) -> str:
    """Where to go with a chosen or saved record: back with its number, else to its own page."""
    if not back:
        return reverse("portal:record", args=[record.pk])
    return f"{back}{'&' if '?' in back else '?'}{urlencode({'record': record.pk})}"
