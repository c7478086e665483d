"""From the figures that count themselves to the consolidated report of the country; data sets against their schemas."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from lxml import etree

from kitaphana.circulation.tests.factories import copies, lend, reader
from kitaphana.core import clock
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.text.identifiers import bin_is_valid
from kitaphana.monitoring import annual
from kitaphana.organizations.models import Organization
from kitaphana.people.models import User
from kitaphana.submissions import checks, errors, exports, figures, queries, services, validation
from kitaphana.submissions.enums import Kind, Move, Severity, State
from kitaphana.submissions.models import Deadline, Step, Submission

pytestmark = pytest.mark.django_db
YEAR = 2026


def filled(world: Any) -> Any:
    """Two schools with readers, a fund and loans; both have a BIN."""
    numbers = [text for tail in range(400) if bin_is_valid(text := f"050440{tail:06d}")]
    for library, count in ((world.school, 3), (world.neighbour, 2)):
        members = [reader(library, f"Оқырман{number}") for number in range(count)]
        for copy in copies(library, count + 1)[:count]:
            lend(world.librarian if library == world.school else world.neighbour_librarian, members[0], copy)
        Organization.objects.filter(pk=library.pk).update(bin=numbers.pop(0), kato="116600000")
        library.refresh_from_db()
    return world


def send(world: Any, library: Any = None, **more: Any) -> Submission:
    place = library or world.school
    facts = {
        "actor": world.librarian if place == world.school else world.neighbour_librarian, "library": place,
        "kind": Kind.ANNUAL, "year": YEAR, "note": "Бәрі дұрыс", "at": clock.now(), "command_id": new_id(),
    }  # fmt: skip
    return services.send(**{**facts, **more})


def decide(actor: Any, one: Submission, move: Move, comment: str = "") -> Submission:
    return services.decide(actor=actor, submission=one, move=move, comment=comment, at=clock.now(), command_id=new_id())


def accepted(world: Any, library: Any = None, **more: Any) -> Submission:
    one = send(world, library, **more)
    for actor, move in (
        (world.administrator, Move.SIGN),
        (world.methodist, Move.ACCEPT),
        (world.administrator, Move.ACCEPT),
    ):
        one = decide(actor, one, move)
    return one


def test_the_report_fills_itself_from_the_annual_report(world: Any) -> None:
    filled(world)
    content = figures.count(world.school, Kind.ANNUAL, YEAR, clock.today())
    book = annual.annual(world.school, YEAR, is_school_year=False, today=clock.today())
    assert content["readers"] == sum(book.readers.values()) == 3
    assert (content["loans"], content["core_closing"], content["core_opening"]) == (3, 4, 0)
    assert content["core_received_sum"] == "10000.00"
    assert set(content) == {field.code for field in figures.ANNUAL}


def test_the_route_from_the_library_to_the_region(world: Any) -> None:
    filled(world)
    one = send(world)
    assert (one.state, one.version) == (State.DIRECTOR, 1)
    with pytest.raises(NotAllowed):
        decide(world.librarian, one, Move.SIGN)
    with pytest.raises(errors.CommentMissing):
        decide(world.director, one, Move.RETURN)
    one = decide(world.director, one, Move.RETURN, "Келушілер аз")
    assert one.state == State.RETURNED
    with pytest.raises(errors.NotPossible):
        decide(world.director, one, Move.SIGN)
    second = send(world)
    assert second.version == 2
    with pytest.raises(errors.OnItsWay):
        send(world)
    second = decide(world.director, second, Move.SIGN)
    assert (second.state, bool(second.signed_at)) == (State.DISTRICT, True)
    with pytest.raises(NotAllowed):
        decide(world.director, second, Move.ACCEPT)
    with pytest.raises(errors.NotPossible):
        decide(world.administrator, second, Move.SIGN)
    second = decide(world.methodist, second, Move.ACCEPT)
    assert second.state == State.REGION
    with pytest.raises(NotAllowed):
        decide(world.methodist, second, Move.ACCEPT)
    second = decide(world.administrator, second, Move.ACCEPT)
    assert second.state == State.ACCEPTED
    assert list(second.steps.order_by("pk").values_list("move", flat=True)) == ["SEND", "SIGN", "ACCEPT", "ACCEPT"]
    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.update(comment="басқа")
    assert list(checks.invariants()) == []


def test_what_was_sent_stays_when_the_records_move(world: Any) -> None:
    filled(world)
    one = send(world)
    before = dict(one.content)
    copies(world.school, 5)
    one.refresh_from_db()
    assert one.content == before
    assert figures.count(world.school, Kind.ANNUAL, YEAR, clock.today())["core_closing"] == before["core_closing"] + 5
    for change in ({"content": {**before, "visits": 999}}, {"digest": "0" * 64}, {"version": 7}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Submission.objects.filter(pk=one.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Submission.objects.filter(pk=one.pk).delete()


def test_an_accepted_report_is_corrected_by_the_next_version(world: Any, client: Any) -> None:
    filled(world)
    first = accepted(world)
    copies(world.school, 5)
    enter(client, world.librarian)
    page = client.get(reverse("submissions:submission_draft"), {"node": "S-1", "year": YEAR})
    assert "Директорға жіберу" in page.content.decode()
    second = send(world)
    page = client.get(reverse("submissions:submission_draft"), {"node": "S-1", "year": YEAR})
    assert "Директорға жіберу" not in page.content.decode()
    assert (second.version, first.content["core_closing"] + 5) == (2, second.content["core_closing"])
    with pytest.raises(errors.OnItsWay):
        send(world)
    assert queries.accepted(world.country, Kind.ANNUAL, YEAR) == [first]
    for actor, move in ((world.director, Move.SIGN), (world.methodist, Move.ACCEPT)):
        second = decide(actor, second, move)
    assert queries.accepted(world.district, Kind.ANNUAL, YEAR) == [second]
    assert queries.accepted(world.country, Kind.ANNUAL, YEAR) == [first]
    with pytest.raises(errors.YearNotBegun):
        send(world, world.neighbour, year=clock.today().year + 1)


def test_a_command_id_belongs_to_one_report(world: Any) -> None:
    filled(world)
    first, second, same = send(world), send(world, world.neighbour), new_id()
    facts = {"actor": world.administrator, "move": Move.SIGN, "at": clock.now(), "command_id": same}
    assert services.decide(submission=first, **facts).state == State.DISTRICT
    assert services.decide(submission=first, **facts).state == State.DISTRICT
    with pytest.raises(errors.CommandReused):
        services.decide(submission=second, **facts)
    other = new_id()
    send(world, kind=Kind.NEDB, command_id=other)
    with pytest.raises(errors.CommandReused):
        send(world, world.neighbour, kind=Kind.NEDB, command_id=other)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_code_means_one_figure(kind: Kind) -> None:
    codes = [field.code for field in figures.FIELDS[kind]]
    assert len(codes) == len(set(codes))


def test_a_past_year_is_counted_as_it_ended(world: Any) -> None:
    filled(world)
    now = figures.count(world.school, Kind.NEDB, YEAR, date(YEAR, 12, 31))
    assert (now["pupils"], now["pupils_6"], now["readers"]) == (3, 3, 3)
    then = figures.count(world.school, Kind.NEDB, YEAR - 2, date(YEAR, 12, 31))
    assert (then["pupils"], then["readers"], then.get("pupils_6")) == (0, 0, None)


def test_what_moved_far_is_marked() -> None:
    def far(now: Any, before: Any) -> bool:
        changes = validation.compare(Kind.ANNUAL, {"visits": now}, {"visits": before})
        return next(one.is_far for one in changes if one.code == "visits")

    assert [far(now, 1000) for now in (1200, 1201, 800, 799)] == [False, True, False, True]
    assert (far(900, 0), far(0, 0), far(5, None)) == (True, False, False)


def test_errors_stop_and_warnings_want_a_word(world: Any) -> None:
    with pytest.raises(errors.HasErrors):
        send(world)
    filled(world)
    Organization.objects.filter(pk=world.school.pk).update(bin="")
    nameless = Organization.objects.get(pk=world.school.pk)
    with pytest.raises(errors.HasErrors):
        send(world, nameless, actor=world.librarian, kind=Kind.NEDB)
    content = figures.count(world.school, Kind.ANNUAL, YEAR, clock.today())
    for code, wrong in (("readers", 99), ("core_closing", -1), ("visits", None)):
        found = validation.findings(world.school, Kind.ANNUAL, {**content, code: wrong})
        assert any(one.severity == Severity.ERROR for one in found), code
    calm = validation.findings(world.school, Kind.ANNUAL, {**content, "active": 50})
    assert [one.code for one in calm] == ["active"]
    assert calm[0].url == reverse("people:readers")
    same = new_id()
    first = send(world, command_id=same)
    assert send(world, command_id=same).pk == first.pk


def test_a_sum_is_that_of_the_frozen_reports(world: Any) -> None:
    filled(world)
    with pytest.raises(errors.NothingAccepted):
        services.consolidate(actor=world.methodist, node=world.district, kind=Kind.ANNUAL, year=YEAR, at=clock.now())
    parts = [accepted(world), accepted(world, world.neighbour)]
    copies(world.school, 7)
    facts = {"actor": world.methodist, "node": world.district, "kind": Kind.ANNUAL, "year": YEAR, "at": clock.now()}
    missing = queries.expected(world.district).count() - 2
    if missing:
        with pytest.raises(errors.CommentMissing):
            services.consolidate(**facts)
    made = services.consolidate(**facts, comment="Қалғандары жаңа", command_id=new_id())
    sums = made.content["sums"]
    for field in figures.ANNUAL:
        whole = sum(figures.value_of(field, part.content) or 0 for part in parts)  # type: ignore[misc]
        assert figures.value_of(field, sums) == whole, field.code
    assert (sums["readers"], made.content["missing"], made.version) == (5, missing, 1)
    assert [one.library.code for one in queries.accepted(world.country, Kind.ANNUAL, YEAR)] == ["S-1", "S-2"]
    assert list(checks.invariants()) == []
    with pytest.raises(NotAllowed):
        services.consolidate(**{**facts, "actor": world.director})


def test_who_is_late(world: Any, django_assert_num_queries: Any) -> None:
    filled(world)
    today = clock.today()
    facts = {"node": world.region, "kind": Kind.ANNUAL, "year": YEAR, "at": clock.now()}
    with pytest.raises(NotAllowed):
        services.set_deadline(actor=world.methodist, on=today, **facts)
    services.set_deadline(actor=world.administrator, on=date(2026, 1, 10), **facts)
    assert queries.deadline_for(world.school, Kind.ANNUAL, YEAR) == date(2026, 1, 10)
    with django_assert_num_queries(3):
        found = queries.lines(world.district, Kind.ANNUAL, YEAR, today)
    assert all(line.is_late for line in found)
    decide(world.director, send(world), Move.SIGN)
    with django_assert_num_queries(3):
        found = queries.lines(world.district, Kind.ANNUAL, YEAR, today)
    assert [line.is_late for line in found if line.library.code in ("S-1", "S-2")] == [False, True]
    owing = {library.code for library in queries.late(world.district, today)}
    assert "S-2" in owing
    assert "S-1" not in owing
    services.set_deadline(
        actor=world.methodist, node=world.district, kind=Kind.ANNUAL, year=YEAR, on=date(2027, 1, 20), at=clock.now()
    )
    for node in (
        world.region,
        world.district,
    ):  # the district's later day holds for its schools, wherever one looks from
        assert not any(
            line.is_late
            for line in queries.lines(node, Kind.ANNUAL, YEAR, date(2027, 1, 15))
            if line.library.path.startswith(world.district.path)
        )
        assert not queries.late(node, date(2027, 1, 15)).filter(path__startswith=world.district.path).exists()
        assert queries.late(node, date(2027, 1, 25)).filter(code="S-2").exists()
    assert queries.waiting([world.district]).count() == 1
    assert queries.waiting([world.country]).count() == 0
    assert Deadline.objects.count() == 2


def test_data_sets_hold_against_their_schemas(world: Any) -> None:
    filled(world)
    entered = {"area": 84, "seats": 30}
    sets = [accepted(world, kind=Kind.NEDB, entered=entered), accepted(world, world.neighbour, kind=Kind.NEDB)]
    assert sets[0].content["area"] == 84
    schema = etree.XMLSchema(etree.fromstring(exports.xsd().encode()))
    text = "".join(exports.xml_parts(world.district, YEAR, sets, clock.now()))
    schema.assertValid(etree.fromstring(text.encode()))
    broken = etree.fromstring(text.replace("<pupils>", "<pupils>-").encode())
    assert not schema.validate(broken)
    told, wanted = json.loads(exports.as_json(sets[0])), exports.json_schema()
    figures_told = wanted["properties"]["figures"]
    assert set(wanted["required"]) == set(told)
    assert set(figures_told["required"]) <= set(told["figures"]) <= set(figures_told["properties"])
    for code, value in told["figures"].items():
        rule = figures_told["properties"][code]
        assert isinstance(value, {"integer": int, "string": str}[rule["type"]]), code
    changes = {
        one.code: one for one in validation.compare(Kind.NEDB, {**sets[0].content, "area": 168}, sets[0].content)
    }
    assert (changes["area"].percent, changes["area"].is_far, changes["seats"].is_changed) == (100, True, False)


def enter(client: Any, actor: Any) -> Any:
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_everybody_does_their_part_over_the_pages(world: Any, client: Any) -> None:
    filled(world)
    enter(client, world.librarian)
    page = client.get(reverse("submissions:submission_draft"), {"node": "S-1", "year": YEAR})
    assert (page.context["errors"], page.context["may_send"]) == (0, True)
    records = client.get(page.context["doors"]["readers"])
    assert records.context["total"] == 3
    for code in ("visits", "loans", "core_closing", "active"):
        total = client.get(page.context["doors"][code]).context["total"]
        assert total == page.context["changes"][[one.code for one in page.context["changes"]].index(code)].now, code
    page = client.post(
        reverse("submissions:submission_draft"),
        {"node": "S-1", "year": YEAR, "kind": "ANNUAL", "note": "Дұрыс", "command_id": str(new_id())}, follow=True,
    )  # fmt: skip
    one = page.context["one"]
    address = reverse("submissions:submission", args=[one.pk])
    assert not page.context["may_decide"]

    def act(actor: Any, move: str, comment: str = "") -> Any:
        enter(client, actor)
        return client.post(address, {"move": move, "comment": comment, "command_id": str(new_id())}, follow=True)

    act(world.director, "SIGN")
    act(world.methodist, "ACCEPT")
    page = client.get(reverse("submissions:submissions"), {"node": "AKM-01", "year": YEAR})
    assert {code: count for code, _label, count in page.context["states"]}["REGION"] == 1
    page = client.get(reverse("submissions:consolidated"), {"node": "AKM-01", "year": YEAR})
    assert {code: value for code, _s, _l, value, _t in page.context["rows"]}["readers"] == 3
    page = client.get(reverse("submissions:figure", args=["readers"]), {"node": "AKM-01", "year": YEAR})
    assert [(row.library.code, value) for row, value in page.context["rows"]] == [("S-1", 3)]
    for name, form in (("submission_file", "pdf"), ("submission_file", "xlsx"), ("submission_file", "json")):
        assert client.get(reverse(f"submissions:{name}", args=[one.pk, form])).status_code == 200
    for form in ("pdf", "xlsx"):
        answer = client.get(reverse("submissions:consolidated_file", args=[form]), {"node": "AKM-01", "year": YEAR})
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert io.BytesIO(content).read(2) in (b"%P", b"PK")
    assert client.get(reverse("submissions:submission_file", args=[one.pk, "xml"])).status_code == 404
    for name in ("xsd", "json_schema"):
        assert client.get(reverse(f"submissions:{name}")).status_code == 200
    enter(client, world.neighbour_librarian)
    assert client.get(address).status_code == 404
