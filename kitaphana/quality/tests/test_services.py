"""Flags, pairs, batch changes, proposals."""

from __future__ import annotations

import time
from typing import Any

import pytest

from kitaphana.catalog import errors as catalog_errors
from kitaphana.catalog import indexing, queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import Proposal, Record
from kitaphana.catalog.tests.factories import AT, ISBNS, LATER, described, imported, marc
from kitaphana.core.errors import NotAllowed
from kitaphana.formats.marc import Field, Subfield
from kitaphana.quality import errors, services
from kitaphana.quality.enums import BatchState, Operation, PairState
from kitaphana.quality.models import Batch, Flag, Pair
from kitaphana.quality.services import Change

pytestmark = pytest.mark.django_db


def rules_of(record: Record) -> set[str]:
    return set(Flag.objects.filter(record=record).values_list("rule", flat=True))


def look() -> int:
    """How many changes were looked at; on a server, changes show when no other transaction is open any more."""
    for _ in range(200):
        if looked := services.flag_changed_records():
            return looked
        time.sleep(0.1)
    return 0


def test_flags_follow_the_records(real: Any) -> None:
    world = real
    record = described(world.librarian, world.school, "АЛГЕБРА", year=2020, kind="TEXTBOOK", publisher="", subjects=())
    assert look() == 1
    assert {"CAPITALS", "NO_ISBN", "NO_PUBLISHER", "NO_GRADE", "NO_SUBJECT", "NO_COVER"} <= rules_of(record)
    assert "NO_AUTHOR" not in rules_of(record)
    assert services.flag_changed_records() == 0
    changed = queries.marc_of(record)
    changed.add(Field("650", subfields=[Subfield("a", "Математика")]))
    catalog.save_marc(actor=world.librarian, library=world.school, record=record, marc=changed, at=LATER)
    assert look() == 1
    assert "NO_SUBJECT" not in rules_of(record)


def test_pairs_are_found_once_and_stay_apart_when_told(world: Any) -> None:
    first = described(world.librarian, world.school, "Абай жолы", isbns=ISBNS[:1], publisher="Жазушы")
    second = described(world.librarian, world.school, "Абай  Жолы", isbns=ISBNS[1:2], publisher="Мектеп")
    described(world.librarian, world.school, "Қилы заман")
    assert services.find_pairs(at=AT) == 1
    pair = Pair.objects.get()
    assert (pair.first, pair.second) == (first, second)
    assert services.find_pairs(at=AT) == 0
    with pytest.raises(NotAllowed):
        services.call_different(actor=world.librarian, library=world.school, pair=pair, at=AT)
    services.call_different(actor=world.methodist, library=world.school, pair=pair, at=AT)
    services.find_pairs(at=LATER)
    assert list(Pair.objects.values_list("state", flat=True)) == [PairState.DIFFERENT]


def test_a_merged_pair_is_forgotten(world: Any) -> None:
    first = described(world.librarian, world.school, isbns=ISBNS[:1])
    second = described(world.librarian, world.school, isbns=ISBNS[1:2])
    services.find_pairs(at=AT)
    catalog.merge_records(
        actor=world.methodist, library=world.school, winner=first, loser=second, marc=queries.marc_of(first), at=LATER
    )
    services.find_pairs(at=LATER)
    assert not Pair.objects.exists()


def plan(world: Any, change: Change, query: str = "Абай") -> Batch:
    indexing.rebuild()
    return services.plan_batch(actor=world.methodist, library=world.school, query=query, rule="", change=change, at=AT)


def run(world: Any, batch: Batch) -> Batch:
    services.begin_batch(actor=world.methodist, batch=batch)
    return services.run_batch(actor=world.methodist, batch=batch, at=LATER)


def test_a_batch_changes_what_the_search_finds_and_is_taken_back(world: Any) -> None:
    records = [
        described(world.librarian, world.school, f"Абай {number}", publisher="Жазушы баспасы") for number in range(3)
    ]
    other = described(world.librarian, world.school, "Құлагер", publisher="Жазушы баспасы")
    tag = next(one.tag for one in queries.marc_of(records[0]).fields if one.tag in {"260", "264"})
    done = run(world, plan(world, Change(Operation.REPLACE, tag, "b", " баспасы", "")))
    assert (done.state, done.changed, done.skipped) == (BatchState.DONE, 3, 0)
    assert set(Record.objects.values_list("publisher", flat=True)) == {"Жазушы", "Жазушы баспасы"}
    other.refresh_from_db()
    assert other.version == 1
    # One is changed by hand meanwhile: it keeps that.
    third = Record.objects.get(pk=records[2].pk)
    changed = queries.marc_of(third)
    changed.add(Field("500", subfields=[Subfield("a", "Ескерту")]))
    catalog.save_marc(actor=world.librarian, library=world.school, record=third, marc=changed, at=LATER)
    services.undo_batch(actor=world.methodist, batch=done, at=LATER)
    back = dict(Record.objects.values_list("title", "publisher"))
    assert back["Абай 0"] == back["Абай 1"] == "Жазушы баспасы"
    assert back["Абай 2"] == "Жазушы"
    with pytest.raises(errors.BatchOver):
        services.undo_batch(actor=world.methodist, batch=done, at=LATER)


def test_a_batch_begins_once(world: Any) -> None:
    described(world.librarian, world.school)
    batch = plan(world, Change(Operation.ADD_FIELD, "650", "a", "", "Роман"))
    run(world, batch)
    with pytest.raises(errors.BatchOver):
        services.begin_batch(actor=world.methodist, batch=batch)


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        (Change(Operation.ADD_FIELD, "650", "a", "", "Роман"), 0, 1),
        (Change(Operation.SET, "650", "2", "", "local"), 0, 1),
        (Change(Operation.DELETE_FIELD, "500", "", "Ескі", ""), 1, 0),
    ],
)
def test_operations(operation: Change, before: int, after: int) -> None:
    record = marc("1")
    if operation.tag == "500":
        record.add(Field("500", subfields=[Subfield("a", "Ескі ескерту")]))
    assert len(record.all(operation.tag)) == before
    assert operation.apply(record)
    assert len(record.all(operation.tag)) == after
    assert not operation.apply(record)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (Change(Operation.REPLACE, "001", "a", "x", "y"), errors.ProtectedField),
        (Change(Operation.DELETE_FIELD, "245"), errors.ProtectedField),
        (Change(Operation.REPLACE, "26", "a", "x", "y"), errors.BadOperation),
        (Change(Operation.REPLACE, "260", "", "x", "y"), errors.BadOperation),
        (Change(Operation.ADD_FIELD, "650", "a", "", ""), errors.BadOperation),
    ],
)
def test_changes_that_are_refused(world: Any, change: Change, error: type[Exception]) -> None:
    with pytest.raises(error):
        plan(world, change)
    with pytest.raises(errors.NothingChosen):
        plan(world, Change(Operation.ADD_FIELD, "650", "a", "", "Роман"), query=" ")


@pytest.fixture
def shared(world: Any) -> Record:
    """A record that two schools have contributed."""
    imported(world.librarian, world.school, marc("1", agency="A", isbns=ISBNS[:1]))
    imported(world.neighbour_librarian, world.neighbour, marc("2", agency="B", isbns=ISBNS[:1]))
    return Record.objects.get()


def propose(world: Any, record: Record, note: str = "Бет саны қате") -> Proposal:
    changed = queries.marc_of(record)
    changed.remove("300")
    changed.add(Field("300", subfields=[Subfield("a", "512 б.")]))
    return catalog.propose_change(
        actor=world.librarian, library=world.school, record=record, marc=changed, at=AT, note=note
    )


def test_a_school_proposes_and_the_centre_accepts(world: Any, shared: Record) -> None:
    assert not catalog.may_change(world.librarian, world.school, shared)
    proposal = propose(world, shared)
    assert propose(world, shared, "Тағы").pk == proposal.pk
    # Somebody else adds a note meanwhile: it stays.
    changed = queries.marc_of(shared)
    changed.add(Field("500", subfields=[Subfield("a", "Ескерту")]))
    catalog.save_marc(actor=world.methodist, library=world.school, record=shared, marc=changed, at=LATER)
    with pytest.raises(NotAllowed):
        catalog.decide_proposal(actor=world.librarian, proposal=proposal, is_accepted=True, at=LATER)
    catalog.decide_proposal(actor=world.methodist, proposal=proposal, is_accepted=True, at=LATER)
    shared.refresh_from_db()
    assert shared.extent == "512 б."
    assert '{"a":"Ескерту"}' in shared.marc
    with pytest.raises(catalog_errors.ProposalDecided):
        catalog.decide_proposal(actor=world.methodist, proposal=proposal, is_accepted=False, at=LATER)


def test_a_returned_proposal_changes_nothing_and_says_why(world: Any, shared: Record) -> None:
    proposal = propose(world, shared)
    decided = catalog.decide_proposal(
        actor=world.methodist, proposal=proposal, is_accepted=False, at=LATER, answer="480 бет дұрыс"
    )
    shared.refresh_from_db()
    assert (shared.version, decided.answer, decided.state) == (1, "480 бет дұрыс", "RETURNED")
    second = propose(world, shared)
    catalog.withdraw_proposal(actor=world.librarian, proposal=second, at=LATER)
    with pytest.raises(catalog_errors.NothingProposed):
        catalog.propose_change(
            actor=world.librarian, library=world.school, record=shared, marc=queries.marc_of(shared), at=AT
        )
