"""REST of fund: receipts, acts, copies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.core.access import Permission, Reach
from kitaphana.core.errors import NotAllowed
from kitaphana.core.web.page import Request
from kitaphana.core.web.paging import paginate
from kitaphana.fund import errors, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, FundType
from kitaphana.fund.models import Act, Copy
from kitaphana.organizations.queries import library_by_code

router = Router(tags=["fund"])

MOST = 2**63 - 1


class MemberIn(Schema):
    """A member of a commission; the chair stands first."""

    name: Annotated[str, Field(max_length=200)]
    position: Annotated[str, Field(max_length=200)] = ""


class LineIn(Schema):
    """Volumes of one edition at one price."""

    record: Annotated[int, Field(ge=1, le=MOST, description="Id of the record in the catalogue.")]
    quantity: Annotated[int, Field(ge=1, le=20_000)]
    price: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2, description="Tenge for one volume.")]
    is_on_balance: bool = True
    is_reference: Annotated[bool, Field(description="Read in the library only.")] = False
    is_counted: Annotated[
        bool, Field(description="Kept by count on a registration card: no inventory numbers and barcodes.")
    ] = False
    barcodes: Annotated[
        list[str] | None, Field(description="Labels printed already, one a volume; else new ones are given.")
    ] = None


class ReceiptIn(Schema):
    """An act of receipt to be posted."""

    command_id: Annotated[UUID, Field(description="Made by you; repeating it returns the first act.")]
    library: Annotated[str, Field(max_length=20, description="Code of the library.")]
    on: date
    source: Annotated[str, Field(max_length=16, description="For example LOCAL_BUDGET, GIFT.")]
    fund: Annotated[FundType | None, Field(description="Absent: decided by the kinds of the records.")] = None
    document_number: Annotated[str, Field(max_length=60)] = ""
    document_on: date | None = None
    supplier: Annotated[str, Field(max_length=300)] = ""
    commission: list[MemberIn] = []
    note: Annotated[str, Field(max_length=2000)] = ""
    lines: Annotated[list[LineIn], Field(max_length=2000)]


class NewCopyOut(Schema):
    """A volume that an act brought in."""

    barcode: str
    inventory_number: int
    record: int


class ReceiptOut(Schema):
    """The posted act and its volumes in the order of the lines."""

    id: int
    number: int
    on: date
    fund: str
    copies: list[NewCopyOut]


class ActOut(Schema):
    """An act: what came in less what went out."""

    id: int
    kind: str
    number: int
    year: int
    on: date
    library: str
    fund: str
    source: str
    reason: str
    document_number: str
    supplier: str
    receipt_entry: int | None
    withdrawal_entry: int | None
    copies: int
    titles: int
    amount: Decimal


class ActsOut(Schema):
    """A page of acts, newest first; ``next`` goes back as ``cursor``."""

    results: list[ActOut]
    next: str | None


class ActLineOut(Schema):
    """A ledger entry of an act; quantity and amount are negative where something left the fund."""

    record: int
    title: str
    quantity: int
    price: Decimal
    amount: Decimal
    inventory_numbers: list[int]
    card_number: Annotated[int | None, Field(description="Of the registration card, where volumes are counted.")]


class ActDetailOut(ActOut):
    """An act with its lines."""

    grounds: str
    note: str
    reverses: int | None
    reversed_by: int | None
    lines: list[ActLineOut]


class CopyOut(Schema):
    """A volume of a fund."""

    id: int
    library: str
    barcode: str
    inventory_number: int
    fund: str
    state: str
    record: int
    title: str
    price: Decimal
    shelf_mark: str
    is_reference: bool
    act: int


class CopiesOut(Schema):
    """A page of copies; ``next`` goes back as ``cursor``."""

    results: list[CopyOut]
    next: str | None


class StockOut(Schema):
    """A registration card: a title kept by count."""

    id: int
    library: str
    fund: str
    card_number: int
    record: int
    title: str
    quantity: Annotated[int, Field(description="Volumes in the fund.")]
    issued: Annotated[int, Field(description="Volumes in readers' hands.")]
    on_shelf: int


class StocksOut(Schema):
    """A page of registration cards; ``next`` goes back as ``cursor``."""

    results: list[StockOut]
    next: str | None


def _reach(request: HttpRequest) -> Reach:
    actor = cast("Request", request).actor
    if not actor.may_somewhere(Permission.FUND_VIEW):
        raise NotAllowed()
    return actor.reach(Permission.FUND_VIEW)


def _act(act: Act, *, copies: int, titles: int, amount: Decimal) -> dict[str, object]:
    return {
        "id": act.pk,
        "kind": act.kind,
        "number": act.number,
        "year": act.year,
        "on": act.on,
        "library": act.library.code,
        "fund": act.fund,
        "source": act.source,
        "reason": act.reason,
        "document_number": act.document_number,
        "supplier": act.supplier,
        "receipt_entry": act.receipt_entry,
        "withdrawal_entry": act.withdrawal_entry,
        "copies": copies,
        "titles": titles,
        "amount": amount,
    }


@router.post(
    "/receipts",
    response={201: ReceiptOut},
    operation_id="fund_receive",
    summary="Receive literature by an act",
)
def receive(request: HttpRequest, body: ReceiptIn) -> tuple[int, ReceiptOut]:
    """Post an act of receipt; every volume gets an inventory number and a barcode, unless its line is counted."""
    actor = cast("Request", request).actor
    library = library_by_code(body.library)
    # Whoever may not receive here is told so before learning which records exist.
    actor.require(Permission.FUND_RECEIVE, library.path)
    records = Record.objects.in_bulk([line.record for line in body.lines])
    for line in body.lines:
        if line.record not in records:
            raise errors.RecordNotFound(record=line.record)
    act = fund.receive(
        actor=actor,
        library=library,
        receipt=fund.Receipt(
            on=body.on,
            source=body.source,
            fund=body.fund,
            supplier=body.supplier,
            document_number=body.document_number,
            document_on=body.document_on,
            commission=[fund.Member(name=member.name, position=member.position) for member in body.commission],
            note=body.note,
            lines=[
                fund.ReceiptLine(
                    record=records[line.record],
                    quantity=line.quantity,
                    price=line.price,
                    is_on_balance=line.is_on_balance,
                    is_reference=line.is_reference,
                    barcodes=line.barcodes,
                    is_counted=line.is_counted,
                )
                for line in body.lines
            ],
        ),
        at=clock.now(),
        command_id=body.command_id,
    )
    copies = queries.copies_received_by(act).values_list("barcode", "inventory_number", "record_id")
    return 201, ReceiptOut(
        id=act.pk,
        number=act.number,
        on=act.on,
        fund=act.fund,
        copies=[
            NewCopyOut(barcode=barcode, inventory_number=number, record=record) for barcode, number, record in copies
        ],
    )


@router.get("/acts", response=ActsOut, operation_id="fund_acts", summary="Acts within reach, newest first")
def acts(
    request: HttpRequest,
    library: Annotated[str, Query(max_length=20, description="Code of a library.")] = "",
    kind: ActKind | None = None,
    fund: FundType | None = None,
    year: Annotated[int | None, Query(ge=1900, le=2999)] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ActsOut:
    """Acts that the caller may see."""
    found = queries.acts(
        _reach(request),
        library=library_by_code(library) if library else None,
        only=queries.ActFilter(kind=kind or "", fund=fund or "", year=year),
    ).select_related("library")
    rows, following = paginate(found, cursor, limit, descending=True)
    return ActsOut.model_validate(
        {
            "results": [
                _act(
                    row,
                    copies=getattr(row, "copies"),  # noqa: B009 - annotated, not a field
                    titles=getattr(row, "titles"),  # noqa: B009 - annotated, not a field
                    amount=getattr(row, "amount"),  # noqa: B009 - annotated, not a field
                )
                for row in rows
            ],
            "next": following,
        }
    )


@router.get("/acts/{id}", response=ActDetailOut, operation_id="fund_act", summary="One act with its lines")
def act(request: HttpRequest, id: int) -> ActDetailOut:
    """An act with its ledger entries and the inventory numbers of its copies."""
    if not 0 < id <= MOST:
        raise errors.ActNotFound()
    found = queries.act_in_reach(_reach(request), id)
    page = queries.act_page(found)
    return ActDetailOut.model_validate(
        {
            **_act(
                found,
                copies=sum(line.quantity for line in page.lines),
                titles=len({line.record.pk for line in page.lines}),
                amount=sum((line.amount for line in page.lines), Decimal("0.00")),
            ),
            "grounds": found.grounds,
            "note": found.note,
            "reverses": found.reverses_id,
            "reversed_by": page.reversed_by.pk if page.reversed_by else None,
            "lines": [
                {
                    "record": line.record.pk,
                    "title": line.record.title,
                    "quantity": line.quantity,
                    "price": line.price,
                    "amount": line.amount,
                    "inventory_numbers": [copy.inventory_number for copy in line.copies],
                    "card_number": line.card_number,
                }
                for line in page.lines
            ],
        }
    )


@router.get("/copies", response=CopiesOut, operation_id="fund_copies", summary="Copies of a library")
def copies(
    request: HttpRequest,
    library: Annotated[str, Query(max_length=20, description="Code of the library.")],
    barcode: Annotated[str, Query(max_length=60)] = "",
    record: Annotated[int | None, Query(ge=1, le=MOST)] = None,
    state: Annotated[str, Query(max_length=11, description="IN_FUND or WRITTEN_OFF.")] = "",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CopiesOut:
    """Copies of a library in the caller's reach, by barcode or by record."""
    node = library_by_code(library)
    if not _reach(request).covers(node.path):
        raise NotAllowed()
    found = queries.copies(node, barcode=barcode, record_id=record, state=state)
    rows, following = paginate(found, cursor, limit)
    return CopiesOut(results=[_copy(row, node.code) for row in rows], next=following)


def _copy(copy: Copy, library: str) -> CopyOut:
    return CopyOut(
        id=copy.pk,
        library=library,
        barcode=copy.barcode,
        inventory_number=copy.inventory_number,
        fund=copy.fund,
        state=copy.state,
        record=copy.record_id,
        title=copy.record.title,
        price=copy.price,
        shelf_mark=copy.shelf_mark,
        is_reference=copy.is_reference,
        act=copy.received_by.act_id,
    )


@router.get("/stocks", response=StocksOut, operation_id="fund_stocks", summary="Registration cards of a library")
def stocks(
    request: HttpRequest,
    library: Annotated[str, Query(max_length=20, description="Code of the library.")],
    q: Annotated[str, Query(max_length=200, description="Card number, ISBN or a part of a title.")] = "",
    fund: FundType | None = None,
    with_empty: Annotated[bool, Query(description="Also cards with nothing left.")] = False,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> StocksOut:
    """Titles that a library in the caller's reach keeps by count."""
    node = library_by_code(library)
    if not _reach(request).covers(node.path):
        raise NotAllowed()
    found = queries.stocks(node, fund=fund or "", text=q, with_empty=with_empty)
    rows, following = paginate(found.order_by("pk"), cursor, limit)
    return StocksOut(
        results=[
            StockOut(
                id=row.pk,
                library=node.code,
                fund=row.fund,
                card_number=row.card_number,
                record=row.record_id,
                title=row.record.title,
                quantity=row.quantity,
                issued=row.issued,
                on_shelf=row.on_shelf,
            )
            for row in rows
        ],
        next=following,
    )
