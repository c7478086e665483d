"""The command that proposes the titles of a table, and the plan of it that is shown before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kitaphana.catalog.models import Record, RecordIsbn
from kitaphana.core import audit
from kitaphana.core.access import Actor
from kitaphana.core.errors import DomainError
from kitaphana.corelist.enums import GRADES, Action
from kitaphana.corelist.models import CoreList
from kitaphana.corelist.services.proposals import ProposalFacts, propose
from kitaphana.corelist.services.rights import repeated, require_proposer
from kitaphana.corelist.sheet import RowError, Sheet, SheetRow, read_sheet

BATCH = 500


@dataclass(slots=True)
class ImportResult:
    """What an import did, or would do: every row that holds anything is counted once."""

    read: int = 0
    proposed: int = 0
    rejected: int = 0
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row with the edition of the catalogue that it means, where there is one."""

    row: SheetRow
    record: Record | None

    @property
    def title(self) -> str:
        """What is proposed."""
        return self.record.title if self.record else self.row.title


@dataclass(slots=True)
class ImportPlan:
    """What an import would do to each row, as far as can be said without doing it."""

    result: ImportResult
    rows: list[PlannedRow]


def _records(sheet: Sheet) -> dict[str, Record]:
    """Editions by ISBN, of several the newest (two statements for five hundred rows)."""
    isbns = sorted({row.isbn for row in sheet.rows if row.isbn})
    by_isbn: dict[str, int] = {}
    for start in range(0, len(isbns), BATCH):
        keys = RecordIsbn.objects.filter(isbn__in=isbns[start : start + BATCH]).order_by("record__year", "record_id")
        by_isbn |= dict(keys.values_list("isbn", "record_id"))
    records = Record.objects.defer("marc").in_bulk(list(set(by_isbn.values())))
    return {isbn: records[pk] for isbn, pk in by_isbn.items()}


def plan_import(
    *, actor: Actor, core_list: CoreList, data: bytes, file_name: str, common_reason: str = ""
) -> ImportPlan:
    """What importing a table would do; nothing is written.

    :raises UnreadableFile, FileTooLarge, NoTitleColumn: the file can't be read as a table of proposals.
    """
    require_proposer(actor, core_list)
    sheet = read_sheet(data, file_name)
    records = _records(sheet)
    result = ImportResult(read=sheet.read, errors=list(sheet.errors))
    first, last = GRADES.get(core_list.level, (None, None))
    planned, seen = [], dict[object, int]()
    for row in sheet.rows:
        record = records.get(row.isbn)
        key: object = record.pk if record else (row.isbn or (row.title.casefold(), row.author.casefold()))
        problem: tuple[str, str, str] | None = None
        if record is None and not row.title:
            problem = ("isbn", "unknown_isbn", row.isbn)
        elif not row.reason and not common_reason.strip():
            problem = ("reason", "missing_reason", "")
        elif (
            row.grade_from is not None
            and row.grade_to is not None
            and (first is None or last is None or not first <= row.grade_from <= row.grade_to <= last)
        ):
            low, high = row.grade_from, row.grade_to
            problem = ("grades", "bad_grades", str(low) if low == high else f"{low}–{high}")
        elif key in seen:
            problem = ("title", "twice", str(seen[key]))
        if problem is not None:
            result.errors.append(RowError(row.row, problem[0], problem[1], {"value": problem[2]}))
            continue
        seen[key] = row.row
        planned.append(PlannedRow(row, record))
    result.errors.sort(key=lambda one: one.row)
    result.rejected = len({one.row for one in result.errors})
    return ImportPlan(result, planned)


@transaction.atomic
def import_proposals(
    *,
    actor: Actor,
    core_list: CoreList,
    data: bytes,
    file_name: str,
    common_reason: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> ImportResult:
    """Propose every good row of a table. A title that is proposed or listed already is rejected with the reason.

    :param common_reason: for rows that give none of their own.
    :raises UnreadableFile, FileTooLarge, NoTitleColumn: the file can't be read as a table of proposals.
    """
    require_proposer(actor, core_list)
    if (repeat := repeated(command_id, Action.IMPORT)) is not None:
        counts = repeat.after or {}
        return ImportResult(read=counts["read"], proposed=counts["proposed"], rejected=counts["rejected"])
    plan = plan_import(actor=actor, core_list=core_list, data=data, file_name=file_name, common_reason=common_reason)
    result = plan.result
    for one in plan.rows:
        row = one.row
        facts = ProposalFacts(
            record=one.record,
            title=row.title,
            author=row.author,
            publisher=row.publisher,
            year=row.year,
            isbn=row.isbn,
            kind=row.kind,
            grade_from=row.grade_from,
            grade_to=row.grade_to,
            norm_per_pupils=row.norm,
            reason=row.reason or common_reason,
        )
        try:
            with transaction.atomic():
                propose(actor=actor, core_list=core_list, facts=facts, at=at)
        except DomainError as refusal:
            result.errors.append(RowError(row.row, "title", "refused", {"value": str(refusal)}))
            result.rejected += 1
        else:
            result.proposed += 1
    audit.record(
        actor,
        Action.IMPORT,
        core_list,
        at=at,
        library_id=core_list.organization_id,
        command_id=command_id,
        after={"read": result.read, "proposed": result.proposed, "rejected": result.rejected},
    )
    return result
