"""Writing, merging and importing authorities, and what becomes of the books under them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kitaphana.authorities import checks, errors, queries, services
from kitaphana.authorities.models import Authority, AuthorityVersion, HeadingForm
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.formats import iso2709
from kitaphana.formats.authority import Authority as Description
from kitaphana.formats.authority import Variant, build_authority
from kitaphana.formats.marc import Field, MarcRecord, Subfield

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 10, 7, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 11, 7, 0, tzinfo=UTC)


def abai(**facts: Any) -> Description:
    values: dict[str, Any] = {
        "kind": "PERSON", "heading": "Құнанбайұлы, Абай", "dates": "1845–1904",
        "variants": (Variant("Кунанбаев, Абай"), Variant("Kunanbaev, Abai"), Variant("Құнанбаев, Ибраһим", is_former=True)),
    }  # fmt: skip
    return Description(**{**values, **facts})


def saved(world: Any, description: Description | None = None, **more: Any) -> Authority:
    return services.save_authority(actor=world.methodist, description=description or abai(), at=AT, **more)


def test_every_form_leads_to_the_heading(world: Any) -> None:
    one = saved(world)
    for typed in ("құнанбайұлы", "Кунанбаев", "kunanbaev", "қунанбаев ибра", "абай"):
        assert list(queries.search(typed)) == [one], typed
    forms = dict(HeadingForm.objects.filter(authority=one).values_list("text", "form"))
    assert forms == {
        "Құнанбайұлы, Абай": "KAZAKH", "Кунанбаев, Абай": "RUSSIAN", "Kunanbaev, Abai": "LATIN",
        "Құнанбаев, Ибраһим": "FORMER",
    }  # fmt: skip
    assert list(checks.invariants()) == []


def test_a_new_heading_keeps_the_old_one_as_a_former_form(world: Any) -> None:
    one = saved(world)
    changed = saved(world, abai(heading="Абай Құнанбайұлы"), authority=one, expected_version=1)
    assert changed.heading == "Абай Құнанбайұлы"
    assert Variant("Құнанбайұлы, Абай", is_former=True) in queries.description_of(changed).variants
    assert AuthorityVersion.objects.get().version == 1
    with pytest.raises(errors.AuthorityChanged):
        saved(world, abai(heading="Абай"), authority=one, expected_version=1)


def test_a_command_is_done_once_and_only_by_the_entitled(world: Any) -> None:
    command = new_id()
    assert saved(world, command_id=command) == saved(world, command_id=command)
    with pytest.raises(NotAllowed):
        services.save_authority(actor=world.librarian, description=abai(heading="Тағы бірі"), at=AT)
    with pytest.raises(errors.HeadingTaken):
        saved(world)
    with pytest.raises(errors.NoHeading):
        saved(world, abai(heading=" , "))
    # The dates tell namesakes apart.
    assert saved(world, abai(dates="1990–")).pk


def test_two_become_one(world: Any) -> None:
    kept = saved(world)
    gone = saved(world, Description("PERSON", "Кунанбаев, Абай Ибрагим", notes=("РНБ",)))
    services.merge_authorities(actor=world.methodist, winner=kept, loser=gone, at=LATER)
    assert list(queries.search("кунанбаев абай ибрагим")) == [kept]
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert queries.description_of(Authority.objects.get(pk=kept.pk)).notes == ("РНБ",)
    assert queries.by_number([gone.control_number]) == {gone.control_number: kept.pk}
    assert list(checks.invariants()) == []
    with pytest.raises(errors.CannotMerge):
        services.merge_authorities(actor=world.methodist, winner=kept, loser=gone, at=LATER)


def test_the_marc_comes_back_as_it_was_described(world: Any) -> None:
    marc = queries.marc_of(saved(world))
    assert marc.leader[6] == "z"
    assert marc.first("100").get("d") == "1845–1904"  # type: ignore[union-attr]
    assert [one.get("a") for one in marc.all("400")] == [
        "Кунанбаев, Абай", "Kunanbaev, Abai", "Құнанбаев, Ибраһим",
    ]  # fmt: skip
    assert marc.all("400")[2].get("w") == "anna"


def file_of(*records: MarcRecord) -> io.BytesIO:
    return io.BytesIO(b"".join(iso2709.write(one) for one in records))


def numbered(description: Description, number: str) -> MarcRecord:
    marc = build_authority(description)
    marc.add(Field("001", data=number))
    marc.add(Field("003", data="KZ-NB"))
    return marc


def test_a_file_again_changes_nothing_and_a_newer_one_adds_forms(world: Any) -> None:
    first = numbered(abai(), "A1")
    report = services.import_authorities(actor=world.methodist, stream=file_of(first), at=AT)
    assert (report.read, report.added, report.updated, report.rejected) == (1, 1, 0, 0)
    report = services.import_authorities(actor=world.methodist, stream=file_of(first), at=AT)
    assert (report.added, report.updated, report.unchanged) == (0, 0, 1)
    newer = numbered(abai(variants=(Variant("Ибрагим Кунанбаев"),)), "A1")
    report = services.import_authorities(actor=world.methodist, stream=file_of(newer), at=LATER)
    assert (report.added, report.updated) == (0, 1)
    texts = set(HeadingForm.objects.values_list("text", flat=True))
    assert {"Ибрагим Кунанбаев", "Kunanbaev, Abai"} <= texts


def test_other_peoples_authority_file(world: Any, samples: Path) -> None:
    with (samples / "marc/auth-subset100.mrc").open("rb") as stream:
        report = services.import_authorities(actor=world.methodist, stream=stream, at=AT)
    assert (report.read, report.added, report.rejected) == (17, 17, 0)
    assert list(checks.invariants()) == []


def test_a_unimarc_authority_is_turned(world: Any) -> None:
    marc = MarcRecord("00000cx  a2200000   45  ", [
        Field("001", data="RU-1"),
        Field("200", " ", "1", [Subfield("a", "Ауэзов"), Subfield("b", "М. О."), Subfield("g", "Мухтар Омарханович"), Subfield("f", "1897-1961")]),
        Field("300", "0", " ", [Subfield("a", "Казахский писатель")]),
        Field("400", " ", "1", [Subfield("a", "Әуезов"), Subfield("g", "Мұхтар")]),
    ])  # fmt: skip
    report = services.import_authorities(actor=world.methodist, stream=file_of(marc), at=AT, format="unimarc")
    assert report.added == 1, report
    one = Authority.objects.get()
    assert (one.heading, one.dates, one.note) == ("Ауэзов, Мухтар Омарханович", "1897-1961", "Казахский писатель")
    assert list(queries.search("әуезов мұхтар")) == [one]


def test_bibliographic_records_are_refused_with_their_place(world: Any, samples: Path) -> None:
    with (samples / "marc/one.dat").open("rb") as stream:
        report = services.import_authorities(actor=world.methodist, stream=stream, at=AT)
    assert report.problems == [(1, 0, "authorities.not_authority")]
    with pytest.raises(errors.NoAuthorities):
        services.import_authorities(actor=world.methodist, stream=io.BytesIO(b"kitap"), at=AT)
