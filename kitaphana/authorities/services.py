"""Commands of the authorities: write, merge, import.

A heading serves every library of the country, so only those who may change shared records change it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final
from uuid import UUID

from django.db import transaction

from kitaphana.authorities import errors, hooks
from kitaphana.authorities.keys import form_of, key_of
from kitaphana.authorities.models import Authority, AuthoritySource, AuthorityVersion, HeadingForm
from kitaphana.authorities.queries import description_of, marc_of
from kitaphana.core import audit, numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.core.text.kazakh import sort_key
from kitaphana.formats import detect
from kitaphana.formats.authority import Authority as Description
from kitaphana.formats.authority import Variant, build_authority, describe_authority, from_unimarc
from kitaphana.formats.marc import Bad, Field, MarcRecord, Outcome

BATCH: Final = 500
_COUNTRY: Final = 0


def _require(actor: Actor) -> None:
    if not actor.may_somewhere(Permission.CATALOG_SHARED):
        raise NotAllowed()


@transaction.atomic
def save_authority(
    *,
    actor: Actor,
    description: Description,
    at: datetime,
    authority: Authority | None = None,
    expected_version: int | None = None,
    command_id: UUID | None = None,
) -> Authority:
    """Make an authority, or change one. A former heading stays as a variant, so that it leads on.

    :raises NoHeading: the heading is empty.
    :raises HeadingTaken: another one of the kind has the same heading and dates.
    :raises AuthorityChanged: it is no longer of ``expected_version``.
    """
    _require(actor)
    if (repeat := audit.repeated(command_id)) is not None:
        return Authority.objects.get(pk=repeat.object_id)
    if not key_of(description.heading):
        raise errors.NoHeading()
    base = None
    if authority is not None:
        authority = Authority.objects.select_for_update().get(pk=authority.pk)
        if expected_version is not None and authority.version != expected_version:
            raise errors.AuthorityChanged()
        base = marc_of(authority)
        if description.heading != authority.heading and all(
            one.text != authority.heading for one in description.variants
        ):
            former = Variant(authority.heading, is_former=True)
            description = _with_variants(description, (*description.variants, former))
    taken = Authority.objects.filter(
        kind=description.kind, heading=description.heading, dates=description.dates, removed_at=None
    )
    if authority is not None:
        taken = taken.exclude(pk=authority.pk)
    if taken.exists():
        raise errors.HeadingTaken(heading=description.heading)
    saved = _store(authority, build_authority(description, base), actor=actor, at=at)
    audit.record(
        actor, "authorities.saved", saved, at=at, library_id=None, command_id=command_id,
        after={"heading": saved.heading, "version": saved.version},
    )  # fmt: skip
    hooks.changed([saved.pk])
    return saved


def _with_variants(one: Description, variants: tuple[Variant, ...]) -> Description:
    known = {one.heading}
    kept = []
    for variant in variants:
        if variant.text not in known:
            known.add(variant.text)
            kept.append(variant)
    return Description(one.kind, one.heading, one.dates, tuple(kept), one.see_also, one.notes)


def _store(authority: Authority | None, marc: MarcRecord, *, actor: Actor, at: datetime) -> Authority:
    if authority is None:
        number = marc.control_number
        if not number or Authority.objects.filter(control_number=number).exists():
            number = f"KA{numbers.take(_COUNTRY, 'authority')[0]:010d}"
            marc.remove("001")
            marc.add(Field("001", data=number))
        authority = Authority(control_number=number[:100], made_at=at, version=0)
    else:
        AuthorityVersion.objects.create(
            authority=authority, version=authority.version, marc=authority.marc, at=at, actor_id=actor.user_id
        )
    one = describe_authority(marc)
    assert one is not None  # the callers have seen its heading
    authority.kind, authority.heading, authority.dates = one.kind, one.heading, one.dates[:60]
    authority.note = "\n".join(one.notes)
    authority.sort_heading = sort_key(one.heading)[:250]
    authority.marc = json.dumps(marc.to_json(), ensure_ascii=False, separators=(",", ":"))
    authority.version += 1
    authority.changed_at = at
    authority.save()
    _set_forms(authority, one)
    return authority


def _set_forms(authority: Authority, one: Description) -> None:
    HeadingForm.objects.filter(authority=authority).delete()
    forms = [(one.heading, form_of(one.heading), True)]
    forms += [(variant.text, form_of(variant.text, is_former=variant.is_former), False) for variant in one.variants]
    HeadingForm.objects.bulk_create(
        HeadingForm(authority=authority, text=text, key=key_of(text), kind=one.kind, form=form, is_heading=is_heading)
        for text, form, is_heading in forms
        if key_of(text)
    )


@transaction.atomic
def merge_authorities(
    *, actor: Actor, winner: Authority, loser: Authority, at: datetime, command_id: UUID | None = None
) -> Authority:
    """Make two authorities one: the loser's heading and forms become variants of the winner, its number leads there.

    :raises CannotMerge: they are the same, of different kinds, or one is not in use any more.
    """
    _require(actor)
    if (repeat := audit.repeated(command_id)) is not None:
        return Authority.objects.get(pk=repeat.object_id)
    both = {
        one.pk: one for one in Authority.objects.select_for_update().filter(pk__in=[winner.pk, loser.pk]).order_by("pk")
    }
    if len(both) != 2 or winner.kind != loser.kind or any(one.removed_at for one in both.values()):
        raise errors.CannotMerge()
    winner, loser = both[winner.pk], both[loser.pk]
    kept, gone = description_of(winner), description_of(loser)
    merged = Description(
        kept.kind,
        kept.heading,
        kept.dates or gone.dates,
        kept.variants,
        tuple(dict.fromkeys((*kept.see_also, *gone.see_also))),
        tuple(dict.fromkeys((*kept.notes, *gone.notes))),
    )
    merged = _with_variants(merged, (*kept.variants, Variant(gone.heading), *gone.variants))
    saved = _store(winner, build_authority(merged, marc_of(winner)), actor=actor, at=at)
    Authority.objects.filter(merged_into=loser).update(merged_into=winner)
    loser.merged_into, loser.removed_at, loser.changed_at = saved, at, at
    loser.save(update_fields=["merged_into", "removed_at", "changed_at"])
    HeadingForm.objects.filter(authority=loser).delete()
    AuthoritySource.objects.filter(authority=loser).update(authority=saved)
    audit.record(
        actor, "authorities.merged", saved, at=at, library_id=None, command_id=command_id,
        before={"heading": loser.heading}, after={"heading": saved.heading},
    )  # fmt: skip
    hooks.changed([saved.pk, loser.pk])
    return saved


@dataclass(slots=True)
class Imported:
    """What became of a file of authorities. ``problems``: (number in the file, byte or line, code)."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """How many records were not taken."""
        return len(self.problems)


MOST_PROBLEMS: Final = 1000


def import_authorities(
    *,
    actor: Actor,
    stream: BinaryIO,
    at: datetime,
    format: str = "auto",
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Take the authority records of a MARC file (MARC 21, UNIMARC or RUSMARC; ISO 2709 or XML).

    One known by agency and number, or by the same heading and dates, is brought up to date: forms are added, none is
    lost. Batches are committed one by one; the same file again changes nothing.

    :raises NoAuthorities: the file holds no MARC records.
    """
    _require(actor)
    try:
        outcomes = detect.open_records(stream, format=format)
    except detect.NotMarc as error:
        raise errors.NoAuthorities() from error
    report = Imported()
    for batch in _batches(outcomes):
        with transaction.atomic():
            changed = [pk for one in batch if (pk := _take(one, report, actor=actor, at=at)) is not None]
            hooks.changed(changed)
        report.read += len(batch)
        if progress is not None:
            progress(report.read)
    return report


def _batches(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    while batch := list(islice(outcomes, BATCH)):
        yield batch


def _take(read: Outcome, report: Imported, *, actor: Actor, at: datetime) -> int | None:
    """One record of the file; returns the id of the authority that it has changed."""

    def refuse(code: str) -> None:
        if len(report.problems) < MOST_PROBLEMS:
            report.problems.append((read.number, read.position, code))

    if isinstance(read, Bad):
        refuse(read.code)
        return None
    marc = read.record
    if marc.leader[6:7] not in {"z", "x", "y"}:
        refuse("authorities.not_authority")
        return None
    if marc.leader[6:7] in {"x", "y"} or not any(one.tag[0] == "1" and one.tag > "009" for one in marc.fields):
        marc = from_unimarc(marc)
    one = describe_authority(marc)
    if one is None or not key_of(one.heading):
        refuse("authorities.no_heading")
        return None
    digest = hashlib.sha256(read.raw).hexdigest()
    agency, number = marc.agency[:60], marc.control_number[:100]
    source = (
        AuthoritySource.objects.select_related("authority").filter(agency=agency, control_number=number).first()
        if number
        else None
    )
    if source is not None and source.digest == digest:
        report.unchanged += 1
        return None
    same = Authority.objects.filter(kind=one.kind, heading=one.heading, dates=one.dates[:60], removed_at=None).first()
    known = source.authority if source is not None else same
    if known is None:
        authority = _store(None, marc, actor=actor, at=at)
        report.added += 1
    else:
        before = description_of(known)
        forms = (*before.variants, Variant(one.heading), *one.variants)
        joined = Description(
            before.kind, before.heading, before.dates or one.dates, before.variants,
            tuple(dict.fromkeys((*before.see_also, *one.see_also))), tuple(dict.fromkeys((*before.notes, *one.notes))),
        )  # fmt: skip
        joined = _with_variants(joined, forms)
        authority = known
        if joined == before:
            report.unchanged += 1
        else:
            authority = _store(known, build_authority(joined, marc_of(known)), actor=actor, at=at)
            report.updated += 1
    if number:
        AuthoritySource.objects.update_or_create(
            agency=agency, control_number=number, defaults={"authority": authority, "digest": digest}
        )
    return authority.pk
