"""Records and files of records for the catalogue's tests."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import ImportRun, Record
from kitaphana.core.access import Actor
from kitaphana.core.ids import new_id
from kitaphana.formats import iso2709
from kitaphana.formats.bibliographic import Description, build
from kitaphana.formats.marc import Field, MarcRecord, Subfield
from kitaphana.organizations.models import Organization

AT = datetime(2026, 9, 10, 7, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 11, 7, 0, tzinfo=UTC)
ISBNS = ("9786017002015", "9785389074354", "9780140449266", "9786012823448")


def description(title: str = "Абай жолы", **facts: Any) -> Description:
    """A novel by Äuezov."""
    values: dict[str, Any] = {
        "title": title, "authors": ("Әуезов, Мұхтар",), "year": 2013, "language": "kaz", "publisher": "Жазушы",
        "place": "Алматы", "extent": "480 б.", "kind": "BOOK",
    }  # fmt: skip
    return Description(**{**values, **facts})


def marc(number: str = "", title: str = "Абай жолы", *, agency: str = "", **facts: Any) -> MarcRecord:
    """A MARC 21 record with control number and agency, where given."""
    record = build(description(title, **facts))
    record.remove("001", "003")
    if agency:
        record.add(Field("003", data=agency))
    if number:
        record.add(Field("001", data=number))
    record.leader = record.leader[:9] + "a" + record.leader[10:]
    return record


def title_only(number: str, title: str, leader: str = "00000nam a2200000   4500") -> MarcRecord:
    """The least a record can be."""
    fields = [Field("001", data=number), Field("245", "0", "0", [Subfield("a", title)])]
    return MarcRecord(leader, fields)


def data_of(*records: MarcRecord | bytes) -> bytes:
    """The bytes of a file."""
    return b"".join(one if isinstance(one, bytes) else iso2709.write(one) for one in records)


def imported(actor: Actor, library: Organization, *records: MarcRecord | bytes, **more: Any) -> ImportRun:
    """Import a file of these records."""
    return catalog.import_marc(
        actor=actor, library=library, stream=io.BytesIO(data_of(*records)), file_name="file.mrc",
        **{"at": AT, **more},
    )  # fmt: skip


def described(actor: Actor, library: Organization, title: str = "Абай жолы", **facts: Any) -> Record:
    """An edition described by hand."""
    return catalog.describe_record(
        actor=actor, library=library, description=description(title, **facts), at=AT, command_id=new_id()
    )


def counts(run: ImportRun) -> tuple[int, int, int, int, int]:
    """read, imported, updated, merged, rejected."""
    return run.read, run.imported, run.updated, run.merged, run.rejected
