"""Describing one edition and saving its MARC: success, each refusal, repetition, rights, history."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitaphana.catalog import checks, errors, queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import Record, RecordIsbn, RecordSource, RecordVersion
from kitaphana.catalog.tests.factories import AT, ISBNS, LATER, described, description, imported, marc, title_only
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry, Change
from kitaphana.formats.bibliographic import describe, with_isbns
from kitaphana.formats.marc import Field, MarcRecord, Subfield

pytestmark = pytest.mark.django_db


def describe_as(world: Any, **more: Any) -> Record:
    values = {"actor": world.librarian, "library": world.school, "description": description(), "at": AT, **more}
    return catalog.describe_record(**values)


def test_describe_record_makes_a_record_with_its_columns(world: Any) -> None:
    facts = {
        "subtitle": "роман", "isbns": ISBNS[:2], "series": "Мектеп кітапханасы", "udc": "821.512.122", "bbk": "84(5Қаз)",
        "age_from": 14, "age_to": 17, "subjects": ("Тарих", "Дала"), "summary": "Абайдың өмірі.", "edition": "2-басылым",
    }  # fmt: skip
    record = describe_as(world, description=description(**facts))
    assert record.control_number == "KZ0000000001"
    for name, value in facts.items():
        assert getattr(record, name) == (list(value) if isinstance(value, tuple) else value), name
    assert (record.title, record.authors, record.year, record.pages) == ("Абай жолы", ["Әуезов, Мұхтар"], 2013, 480)
    assert (record.version, record.made_at, record.changed_at) == (1, AT, AT)
    assert queries.marc_of(record).control_number == "KZ0000000001"
    assert set(RecordIsbn.objects.values_list("isbn", flat=True)) == set(ISBNS[:2])
    assert RecordSource.objects.get().library == world.school
    entry = AuditEntry.objects.get(action="catalog.record_saved")
    assert (entry.object_id, entry.library_id, entry.actor_id) == (record.pk, world.school.pk, world.librarian.user_id)
    assert list(Change.objects.filter(kind="catalog.record").values_list("object_id", flat=True)) == [record.pk]
    assert list(checks.invariants()) == []


def test_describe_record_textbook_keeps_its_grade(world: Any) -> None:
    record = describe_as(world, description=description("Алгебра", kind="TEXTBOOK", grade=7))
    assert (record.kind, record.grade) == ("TEXTBOOK", 7)


def test_describe_record_repeated_returns_the_first(world: Any) -> None:
    command = new_id()
    first = describe_as(world, command_id=command)
    assert describe_as(world, command_id=command, description=description("Басқа")).pk == first.pk
    assert Record.objects.get().title == "Абай жолы"
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (description(" "), errors.NoTitle),
        (with_isbns(description(), "978-601-7002-01-6"), errors.BadIsbn),
        (description(year=1066), errors.BadYear),
        (description(year=2031), errors.BadYear),
    ],
)
def test_describe_record_with_wrong_facts_is_refused(world: Any, wrong: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        describe_as(world, description=wrong)
    assert not Record.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("who", ["director", "stranger", "neighbour_librarian"])
def test_describe_record_by_others_is_refused(world: Any, who: str) -> None:
    record = described(world.librarian, world.school)
    with pytest.raises(NotAllowed):
        describe_as(world, actor=getattr(world, who))
    with pytest.raises(NotAllowed):
        describe_as(world, actor=getattr(world, who), base=record, description=description("Басқа"))
    with pytest.raises(NotAllowed):
        catalog.save_marc(
            actor=getattr(world, who), library=world.school, record=record, marc=title_only("1", "Басқа"), at=LATER
        )
    assert [one.title for one in Record.objects.all()] == ["Абай жолы"]


def test_a_shared_record_is_changed_by_the_methodical_centre_only(world: Any) -> None:
    record = described(world.librarian, world.school)
    change = {"base": record, "description": description(publisher="Мектеп")}
    with pytest.raises(errors.SharedRecord):
        describe_as(world, actor=world.neighbour_librarian, library=world.neighbour, **change)
    describe_as(world, actor=world.methodist, library=world.neighbour, **change)
    assert Record.objects.get().publisher == "Мектеп"


def test_describe_record_keeps_what_the_form_does_not_show(world: Any) -> None:
    full = marc("A-1", isbns=ISBNS[:1])
    full.add(Field("500", " ", " ", [Subfield("a", "Ескерту")]))
    full.add(Field("856", "4", "0", [Subfield("u", "https://example.org/1")]))
    imported(world.librarian, world.school, full)
    record = Record.objects.get()
    describe_as(world, base=record, description=replace(queries.description_of(record), publisher="Мектеп"), at=LATER)
    after = queries.marc_of(Record.objects.get())
    unchanged = [one for one in full.fields if one.tag not in {"260", "264"}]
    assert [one for one in after.fields if one.tag not in {"260", "264"}] == unchanged


def test_describe_record_changed_meanwhile_is_refused(world: Any) -> None:
    record = described(world.librarian, world.school)
    describe_as(world, base=record, expected_version=1, description=description(publisher="Мектеп"))
    with pytest.raises(errors.Changed):
        describe_as(world, base=record, expected_version=1, description=description(publisher="Атамұра"))
    assert (Record.objects.get().publisher, Record.objects.get().version) == ("Мектеп", 2)


def test_describe_record_keeps_every_version(world: Any) -> None:
    record = described(world.librarian, world.school)
    changed = [
        describe_as(world, base=record, at=LATER, description=description(publisher=publisher))
        for publisher in ("Мектеп", "Атамұра")
    ]
    texts = [record.marc, *(one.marc for one in changed)]
    kept = list(RecordVersion.objects.order_by("version").values_list("version", "marc", "at", "actor_id"))
    assert kept == [
        (1, texts[0], LATER, world.librarian.user_id), (2, texts[1], LATER, world.librarian.user_id),
    ]  # fmt: skip
    assert Record.objects.get().marc == texts[2]
    assert list(checks.invariants()) == []


def test_describe_record_author_mark_is_ours_until_the_library_gives_its_own(world: Any) -> None:
    record = described(world.librarian, world.school)
    ours = record.author_mark
    changed = describe_as(world, base=record, author_mark="Ә 82")
    assert changed.author_mark == "Ә 82"
    kept = describe_as(world, base=record, description=description(publisher="Мектеп"))
    assert kept.author_mark == "Ә 82"
    back = describe_as(world, base=record, author_mark="")
    assert back.author_mark == ours
    assert queries.marc_of(back).first("090") is None


def test_describe_record_writes_what_a_merge_had_added_into_the_record(world: Any) -> None:
    imported(world.librarian, world.school, marc("1", isbns=ISBNS[:1]))
    imported(world.neighbour_librarian, world.neighbour, marc("7", isbns=ISBNS[:2], summary="Роман."))
    record = Record.objects.get()
    shown = queries.description_of(record)
    assert (shown.isbns, shown.summary) == (ISBNS[:2], "Роман.")
    changed = replace(shown, publisher="Мектеп")
    saved = describe_as(world, actor=world.methodist, base=record, description=changed, at=LATER)
    whole = describe(queries.marc_of(saved))
    assert (whole.isbns, whole.summary, whole.publisher) == (ISBNS[:2], "Роман.", "Мектеп")
    assert list(checks.invariants()) == []


def test_save_marc_makes_and_replaces_a_record(world: Any) -> None:
    made = catalog.save_marc(
        actor=world.librarian, library=world.school, record=None, marc=title_only("", "Ботагөз"), at=AT
    )
    assert (made.control_number, made.title) == ("KZ0000000001", "Ботагөз")
    changed = queries.marc_of(made)
    changed.add(Field("300", " ", " ", [Subfield("a", "320 б.")]))
    saved = catalog.save_marc(
        actor=world.librarian, library=world.school, record=made, marc=changed, at=LATER, expected_version=1
    )
    assert (saved.pk, saved.extent, saved.pages, saved.version) == (made.pk, "320 б.", 320, 2)


def test_save_marc_with_a_number_that_is_taken_keeps_it_inside_and_gets_one_of_ours(world: Any) -> None:
    imported(world.librarian, world.school, title_only("17", "Ботагөз"))
    made = catalog.save_marc(
        actor=world.neighbour_librarian, library=world.neighbour, record=None, marc=title_only("17", "Өзге"), at=AT
    )
    assert made.control_number == "KZ0000000001"
    assert queries.marc_of(made).control_number == "17"


def test_save_marc_refusals_change_nothing(world: Any) -> None:
    record = described(world.librarian, world.school)
    options = {"actor": world.librarian, "library": world.school, "record": record, "at": LATER}
    with pytest.raises(errors.NoTitle):
        catalog.save_marc(marc=MarcRecord("00000nam a2200000   4500", [Field("001", data="1")]), **options)
    with pytest.raises(errors.Changed):
        catalog.save_marc(marc=title_only("1", "Басқа"), expected_version=9, **options)
    assert (Record.objects.get().title, Record.objects.get().version) == ("Абай жолы", 1)
    assert not RecordVersion.objects.exists()


def test_save_marc_repeated_returns_the_first(world: Any) -> None:
    command = new_id()
    options = {"actor": world.librarian, "library": world.school, "record": None, "at": AT, "command_id": command}
    first = catalog.save_marc(marc=title_only("1", "Ботагөз"), **options)
    assert catalog.save_marc(marc=title_only("2", "Басқа"), **options).pk == first.pk
    assert Record.objects.count() == 1


words = st.text(st.characters(whitelist_categories=("L", "N")), min_size=1, max_size=12)
phrases = st.lists(words, min_size=1, max_size=4).map(" ".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=phrases,
    subtitle=st.one_of(st.just(""), phrases),
    authors=st.lists(phrases, max_size=4, unique=True),
    year=st.one_of(st.none(), st.integers(1400, 2026)),
    isbns=st.lists(st.sampled_from(ISBNS), unique=True, max_size=3),
    grade=st.one_of(st.none(), st.integers(1, 11)),
    summary=st.one_of(st.just(""), phrases),
)
def test_any_description_is_saved_and_agrees_with_its_keys(world: Any, **facts: Any) -> None:
    for model in (RecordVersion, RecordSource, RecordIsbn, Record):
        model.objects.all().delete()
    facts |= {name: tuple(facts[name]) for name in ("authors", "isbns")}
    record = describe_as(world, description=description(**facts))
    again = describe_as(world, base=record, description=queries.description_of(record))
    assert again.marc == record.marc
    assert again.isbns == list(facts["isbns"])
    assert list(checks.invariants()) == []
