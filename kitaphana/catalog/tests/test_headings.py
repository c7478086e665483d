"""Records and authorities: links, see-references in the search, works."""

from __future__ import annotations

from typing import Any

import pytest

from kitaphana.authorities import services as authorities
from kitaphana.authorities.models import Authority
from kitaphana.catalog import indexing, queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.headings import headings_of
from kitaphana.catalog.models import Record, RecordHeading
from kitaphana.catalog.tests.factories import AT, LATER, described, imported, marc
from kitaphana.catalog.works import set_uniform_title, uniform_title
from kitaphana.formats.authority import Authority as Description
from kitaphana.formats.authority import Variant
from kitaphana.formats.marc import Subfield

pytestmark = pytest.mark.django_db


def person(world: Any, heading: str, *variants: str, **more: Any) -> Authority:
    description = Description("PERSON", heading, variants=tuple(Variant(text) for text in variants), **more)
    return authorities.save_authority(actor=world.methodist, description=description, at=AT)


def found(text: str) -> list[str]:
    indexing.rebuild()
    return [record.title for record in queries.search(text).records]


def test_a_record_is_found_by_a_form_that_only_the_authority_knows(world: Any) -> None:
    described(world.librarian, world.school, "Ақбілек", authors=("Аймауытов, Жүсіпбек",))
    assert found("Күйеубай") == []
    person(world, "Аймауытов, Жүсіпбек", "Күйеубай, Ж.")
    assert found("Күйеубай") == ["Ақбілек"]
    assert RecordHeading.objects.get(role="AUTHOR").authority is not None


def test_a_record_that_comes_later_is_linked_at_once_by_hand_and_by_file(world: Any) -> None:
    one = person(world, "Әуезов, Мұхтар", "Ауэзов, Мухтар")
    described(world.librarian, world.school, "Абай жолы", authors=("Ауэзов, Мухтар",))
    imported(world.librarian, world.school, marc("7", "Қилы заман", agency="X"))
    assert set(RecordHeading.objects.filter(role="AUTHOR").values_list("authority", flat=True)) == {one.pk}


def test_namesakes_are_told_apart_by_dates_and_by_number(world: Any) -> None:
    person(world, "Ахметов, Серік", dates="1950–")
    young = person(world, "Ахметов, Серік", dates="1987–")
    unknown = marc("1", "Кітап", agency="X", authors=("Ахметов, Серік",))
    dated = marc("2", "Екінші", agency="X", authors=("Ахметов, Серік",))
    dated.first("100").subfields.append(Subfield("d", "1987-"))  # type: ignore[union-attr]
    numbered = marc("3", "Үшінші", agency="X", authors=("С. Ахметов",))
    numbered.first("100").subfields.append(Subfield("0", f"(KZ){young.control_number}"))  # type: ignore[union-attr]
    imported(world.librarian, world.school, unknown, dated, numbered)
    linked = dict(RecordHeading.objects.filter(role="AUTHOR").values_list("record__title", "authority"))
    assert linked == {"Кітап": None, "Екінші": young.pk, "Үшінші": young.pk}


def test_merging_authorities_moves_the_records(world: Any) -> None:
    kept, gone = person(world, "Жансүгіров, Ілияс"), person(world, "Джансугуров, Ильяс")
    described(world.librarian, world.school, "Құлагер", authors=("Джансугуров, Ильяс",))
    authorities.merge_authorities(actor=world.methodist, winner=kept, loser=gone, at=LATER)
    assert RecordHeading.objects.get(role="AUTHOR").authority == kept
    assert found("Жансүгіров") == ["Құлагер"]


def test_subjects_and_series_are_headings_too(world: Any) -> None:
    record = marc("1", subjects=("Тарих", "Роман"), series="Мектеп кітапханасы")
    kinds = {(one.role, one.kind, one.text) for one, _ in headings_of(record)}
    assert ("SUBJECT", "SUBJECT", "Тарих") in kinds
    assert ("SERIES", "SERIES", "Мектеп кітапханасы") in kinds


def test_editions_and_translations_of_a_work_are_gathered(world: Any) -> None:
    person(world, "Әуезов, Мұхтар", "Ауэзов, Мухтар")
    first = described(world.librarian, world.school, "Абай жолы", year=2013)
    second = described(world.librarian, world.school, "Абай жолы", year=2020, publisher="Атамұра")
    translated = marc("9", "Путь Абая", agency="X", authors=("Ауэзов, Мухтар",), language="rus", year=2007)
    set_uniform_title(translated, "Абай жолы")
    imported(world.librarian, world.school, translated)
    other = described(world.librarian, world.school, "Қилы заман")
    assert set(queries.editions_of(first)) == {first, second, Record.objects.get(title="Путь Абая")}
    assert list(queries.editions_of(other)) == [other]


def test_a_work_is_gathered_by_hand_through_the_uniform_title(world: Any) -> None:
    kazakh = described(world.librarian, world.school, "Абай жолы")
    russian = described(world.librarian, world.school, "Путь Абая", authors=("Ауэзов, Мухтар",), language="rus")
    assert len(queries.editions_of(kazakh)) == 1
    changed = queries.marc_of(russian)
    set_uniform_title(changed, "Абай жолы")
    catalog.save_marc(actor=world.librarian, library=world.school, record=russian, marc=changed, at=LATER)
    assert len(queries.editions_of(kazakh)) == 2
    set_uniform_title(changed, "")
    assert uniform_title(changed) == ""
    catalog.save_marc(actor=world.librarian, library=world.school, record=russian, marc=changed, at=LATER)
    assert len(queries.editions_of(kazakh)) == 1
