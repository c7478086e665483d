"""Suppliers and what a volume costs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from kitaphana.acquisitions import errors
from kitaphana.acquisitions.enums import Action
from kitaphana.acquisitions.models import (
    PriceSource,
    Supplier,
)
from kitaphana.acquisitions.services.common import amount_of, clean, first_time, reason_of
from kitaphana.catalog.models import Record
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.core.text.identifiers import bin_is_valid
from kitaphana.organizations.models import Organization


@transaction.atomic
def add_supplier(
    *,
    actor: Actor,
    organization: Organization,
    name: str,
    bin: str,
    contacts: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Supplier:
    """Add a supplier, or give the one with this BIN.

    :raises BadSupplier: no name, or the BIN does not check.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, organization.path)
    if (pk := first_time(command_id, Action.SUPPLIER)) is not None:
        return Supplier.objects.get(pk=pk)
    name, number = clean(name, 300), bin.strip()
    if not name or not bin_is_valid(number):
        raise errors.BadSupplier
    supplier, made = Supplier.objects.get_or_create(
        organization=organization, bin=number, defaults={"name": name, "contacts": clean(contacts, 500)}
    )
    if made:
        audit.record(
            actor,
            Action.SUPPLIER,
            supplier,
            at=at,
            library_id=organization.pk,
            command_id=command_id,
            after={"name": name, "bin": number},
        )
    return supplier


@transaction.atomic
def note_price(
    *,
    actor: Actor,
    organization: Organization,
    record: Record,
    price: Decimal,
    source: str,
    on: date,
    supplier: Supplier | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> PriceSource:
    """Keep what a volume costs (tenge), by what paper and on what day.

    :raises BadAmount, ReasonMissing: no sensible price, or no source.
    :raises BadChoice: a supplier of somebody else.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, organization.path)
    if (pk := first_time(command_id, Action.PRICE)) is not None:
        return PriceSource.objects.get(pk=pk)
    if supplier is not None and not organization.path.startswith(supplier.organization.path):
        raise errors.BadChoice(value=supplier.name)
    noted = PriceSource.objects.create(
        organization=organization,
        record=record,
        supplier=supplier,
        price=amount_of(price, lowest=Decimal("0.01")),
        source=reason_of(source),
        on=on,
        actor_id=actor.user_id,
    )
    audit.record(
        actor,
        Action.PRICE,
        noted,
        at=at,
        library_id=organization.pk,
        command_id=command_id,
        after={"record": record.pk, "price": str(noted.price), "on": on.isoformat()},
    )
    return noted
