"""Commands of copy cataloguing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import Record
from kitaphana.copycat.models import Target
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.formats.marc import Field, MarcRecord, Subfield
from kitaphana.organizations.models import Organization


def save_target(*, actor: Actor, target: Target, at: datetime) -> Target:
    """Add a catalogue to ask, or change one: the server's administrator decides where it connects to."""
    if not actor.may_somewhere(Permission.INSTALLATION):
        raise NotAllowed()
    target.save()
    audit.record(actor, "copycat.target_saved", target, at=at, library_id=None, after={"address": target.address})
    return target


def take(
    *, actor: Actor, library: Organization, marc: MarcRecord, source: str, at: datetime, command_id: UUID | None = None
) -> Record:
    """Make a record of somebody else's description. Its number becomes a former one (035), its source is noted (040).

    :raises NoTitle: it has none.
    """
    number, agency = marc.control_number, marc.agency
    kept = MarcRecord(
        marc.leader, [one for one in marc.fields if one.tag not in {"001", "003", "005"} and one.tag[0] != "9"]
    )
    if number:
        text = f"({agency or source}){number}"
        if all(one.get("a") != text for one in kept.all("035")):
            kept.add(Field("035", subfields=[Subfield("a", text)]))
    if kept.first("040") is None:
        kept.add(Field("040", subfields=[Subfield("a", agency or source), Subfield("d", library.code)]))
    else:
        kept.all("040")[0].subfields.append(Subfield("d", library.code))
    return catalog.save_marc(actor=actor, library=library, record=None, marc=kept, at=at, command_id=command_id)
