"""Commands of harvesting."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta

from lxml import etree

from kitaphana.catalog import services as catalog
from kitaphana.catalog.errors import NotMarcFile
from kitaphana.core import audit
from kitaphana.core.access import SYSTEM, Actor, Permission
from kitaphana.protocols.harvest.client import HarvestError, pages
from kitaphana.protocols.harvest.models import HarvestRun, HarvestSource


def save_source(*, actor: Actor, source: HarvestSource, at: datetime) -> HarvestSource:
    """Add a source or change one; asking another server, set or form begins from the first record."""
    actor.require(Permission.INSTALLATION, source.library.path)
    if source.pk is not None:
        before = HarvestSource.objects.get(pk=source.pk)
        if any(getattr(before, name) != getattr(source, name) for name in ("address", "set_spec", "prefix")):
            source.since = source.token = source.started = ""
    source.save()
    audit.record(
        actor, "harvest.source_saved", source, at=at, library_id=source.library_id, after={"address": source.address}
    )
    return source


def harvest(*, source: HarvestSource, at: datetime, tell: Callable[[int], None] | None = None) -> HarvestRun:
    """Take what is new at a source into the union catalogue; returns the run with its report.

    What has come when the line breaks is taken all the same, and the next harvest goes on from there. A record that is
    deleted there stays here (libraries may hold the book): it is counted.
    """
    run = HarvestRun.objects.create(source=source, started_at=at)
    with tempfile.TemporaryFile() as file:
        file.write(b"<collection>")
        try:
            _read(source, run, file, tell)
        except HarvestError as error:
            run.problem = str(error)[:500]
        file.write(b"</collection>")
        if run.read:
            file.seek(0)
            try:
                run.report = catalog.import_marc(
                    actor=SYSTEM, library=source.library, stream=file, file_name=source.name, format=_dialect(source), at=at
                )  # fmt: skip
            except NotMarcFile:
                run.problem = "The records are not MARCXML."
    run.finished_at = at
    run.save()
    source.last_at = at
    source.save(update_fields=["since", "token", "started", "last_at"])
    return run


def _dialect(source: HarvestSource) -> str:
    return "unimarc" if source.prefix in {"unimarc", "rusmarc"} else "auto"


def _read(source: HarvestSource, run: HarvestRun, file: object, tell: Callable[[int], None] | None) -> None:
    """Write the pages into a file; notes in the source how far it came."""
    arguments = {"metadataPrefix": source.prefix}
    arguments |= {"set": source.set_spec} if source.set_spec else {}
    arguments |= {"from": source.since} if source.since else {}
    try:
        for page in pages(source.address, arguments, source.token):
            if not source.started:
                source.started = page.stamp
            for record in page.records:
                file.write(etree.tostring(record, with_tail=False))  # type: ignore[attr-defined]  # an open file
            run.read += len(page.records)
            run.deleted += len(page.deleted)
            source.token = page.token
            if tell is not None:
                tell(run.read)
    except HarvestError as error:
        if error.code == "noRecordsMatch":
            # Nothing new: that is an end, not a trouble.
            source.token = ""
        elif error.code == "badResumptionToken" and source.token:
            source.token = source.started = ""
            _read(source, run, file, tell)
            return
        else:
            raise
    if source.started:
        source.since = source.started[:20]
    source.token = source.started = ""


def due(at: datetime) -> list[HarvestSource]:
    """Sources whose time has come."""
    found = HarvestSource.objects.filter(is_active=True).select_related("library").order_by("last_at", "pk")
    return [one for one in found if one.last_at is None or one.last_at + timedelta(hours=one.every_hours) <= at]
