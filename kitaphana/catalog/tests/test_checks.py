"""Invariants of the catalogue: silent on sound data, each broken one is named."""

from __future__ import annotations

from typing import Any

import pytest

from kitaphana.catalog import checks
from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import ImportRun, Record, RecordIsbn, RecordVersion
from kitaphana.catalog.tests.factories import ISBNS, LATER, described, description, imported, marc

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(world: Any) -> Record:
    """An edition with ISBN and history, and another one from a file."""
    imported(world.librarian, world.school, marc("1", "Ұшқан ұя"))
    one = described(world.librarian, world.school, isbns=ISBNS[:1])
    return catalog.describe_record(
        actor=world.librarian, library=world.school, base=one, at=LATER, description=description(isbns=ISBNS[:2])
    )


def codes() -> list[str]:
    return [violation.code for violation in checks.invariants()]


def test_sound_data_has_no_violation(record: Record) -> None:
    assert codes() == []


@pytest.mark.parametrize("column", ["title", "marc", "control_number"])
def test_an_incomplete_record_is_named(record: Record, column: str) -> None:
    Record.objects.filter(pk=record.pk).update(**{column: ""})
    (violation,) = checks.invariants()
    assert (violation.code, violation.params) == ("catalog.record_incomplete", {"record": record.pk})


def test_a_missing_and_a_foreign_isbn_key_are_named(record: Record) -> None:
    RecordIsbn.objects.filter(isbn=ISBNS[0]).delete()
    assert codes() == ["catalog.isbn_keys_differ"]
    RecordIsbn.objects.create(record=record, isbn=ISBNS[0])
    assert codes() == []
    RecordIsbn.objects.create(record=Record.objects.exclude(pk=record.pk).get(), isbn=ISBNS[2])
    assert codes() == ["catalog.isbn_keys_differ"]


def test_history_newer_than_the_record_is_named(record: Record) -> None:
    RecordVersion.objects.create(record=record, version=record.version, marc="{}", at=LATER)
    assert codes() == ["catalog.versions_differ"]


def test_an_import_that_does_not_add_up_is_named(record: Record) -> None:
    ImportRun.objects.update(read=2)
    assert codes() == ["catalog.import_does_not_add_up"]
