"""Letters: sent to whom they may go, read once, reminded once a day, answered, withdrawn, never changed."""

from __future__ import annotations

import io
import time
import uuid
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from PIL import Image
from python_calamine import CalamineWorkbook

from kitaphana.core.errors import NotAllowed
from kitaphana.core.models import AuditEntry
from kitaphana.mailings import checks, errors, queries, services
from kitaphana.mailings.attachments import File
from kitaphana.mailings.enums import LetterKind
from kitaphana.mailings.models import Letter, Receipt
from kitaphana.mailings.queries import Choice
from kitaphana.organizations.enums import OrganizationKind as Kind
from kitaphana.organizations.models import Organization
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db
AT = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
DAY = date(2026, 10, 5)


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def send(world: Any, **options: Any) -> Letter:
    values: dict[str, Any] = {
        "actor": world.methodist,
        "sender": world.district,
        "recipients": [world.school, world.neighbour],
        "kind": LetterKind.LETTER,
        "subject": "Кеңес туралы",
        "text": "Сәрсенбіде кеңес.\n\nhttps://example.kz/plan",
        "at": AT,
    }
    return services.send_letter(**{**values, **options})


def receipt(letter: Letter, organization: Any) -> Receipt:
    return Receipt.objects.get(letter=letter, organization=organization)


def client(login: str) -> Client:
    made = Client()
    made.cookies["language"] = "en"
    made.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_each_organisation_gets_one_receipt_and_the_command_is_done_once(world: Any) -> None:
    command = uuid.uuid4()
    first = send(world, command_id=command, recipients=[world.school, world.neighbour, world.school])
    assert send(world, command_id=command).pk == first.pk
    assert (first.recipients, Receipt.objects.count(), Letter.objects.count()) == (2, 2, 1)
    assert AuditEntry.objects.get(action="mailings.send").after == {"kind": "LETTER", "recipients": 2, "files": 0}
    assert [one.letter_id for one in queries.inbox(world.librarian, "inbox")] == [first.pk]
    assert queries.unread(world.librarian) == 1
    assert list(queries.inbox(world.methodist, "inbox")) == []
    assert list(checks.invariants()) == []


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"recipients": []}, errors.NoRecipients),
        ({"subject": "  "}, errors.EmptyLetter),
        ({"text": "\x00 "}, errors.EmptyLetter),
        ({"kind": LetterKind.REQUEST}, errors.BadAnswerDay),
        ({"kind": LetterKind.REQUEST, "answer_by": date(2026, 10, 4)}, errors.BadAnswerDay),
        ({"answer_by": DAY}, errors.BadAnswerDay),
        ({"files": [File("a.exe", b"MZ")]}, errors.BadAttachment),
        ({"files": [File("a.pdf", b"<html>")]}, errors.BadAttachment),
        ({"files": [File("a.png", b"%PDF-1.7")]}, errors.BadAttachment),
        ({"files": [File("a.pdf", b"%PDF-" + b"0" * 10 * 1024 * 1024)]}, errors.BadAttachment),
        ({"files": [File(f"{number}.pdf", b"%PDF-") for number in range(6)]}, errors.BadAttachment),
    ],
)
def test_what_can_not_be_sent_is_refused(world: Any, options: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        send(world, **options)
    assert Letter.objects.count() == 0


def test_a_letter_goes_only_downwards_from_ones_own_place(world: Any) -> None:
    with pytest.raises(errors.ForeignRecipient):
        send(world, recipients=[world.faraway])
    with pytest.raises(errors.ForeignRecipient):
        send(world, recipients=[world.district])
    for actor, sender in ((world.librarian, world.school), (world.methodist, world.region), (world.stranger, None)):
        with pytest.raises(NotAllowed):
            send(world, actor=actor, sender=sender or world.district)


def test_the_first_reader_stays_and_others_do_not_see_the_letter(world: Any) -> None:
    letter = send(world)
    mine = receipt(letter, world.school)
    services.open_letter(actor=world.librarian, receipt_id=mine.pk, at=AT + timedelta(hours=1))
    services.open_letter(actor=world.director, receipt_id=mine.pk, at=AT + timedelta(hours=2))
    mine.refresh_from_db()
    assert (mine.read_at, mine.read_by_id, mine.is_unread) == (
        AT + timedelta(hours=1), world.librarian.user_id, False,
    )  # fmt: skip
    for actor in (world.neighbour_librarian, world.methodist, world.administrator, world.stranger):
        with pytest.raises(errors.LetterNotFound):
            services.open_letter(actor=actor, receipt_id=mine.pk, at=AT)


def test_a_reminder_brings_it_up_again_once_a_day(world: Any) -> None:
    letter = send(world)
    mine, other = receipt(letter, world.school), receipt(letter, world.neighbour)
    services.open_letter(actor=world.librarian, receipt_id=mine.pk, at=AT)
    command = uuid.uuid4()
    later = AT + timedelta(days=2)
    assert services.remind(actor=world.methodist, letter=letter, at=later, command_id=command) == 1
    assert services.remind(actor=world.methodist, letter=letter, at=later, command_id=command) == 1
    with pytest.raises(errors.ReminderTooSoon):
        services.remind(actor=world.methodist, letter=letter, at=later + timedelta(hours=3))
    assert services.remind(actor=world.methodist, letter=letter, at=later + timedelta(days=1)) == 1
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.reminders, other.reminders, other.reminded_on) == (0, 2, date(2026, 10, 8))
    assert other.top_at == later + timedelta(days=1)
    with pytest.raises(NotAllowed):
        services.remind(actor=world.librarian, letter=letter, at=later + timedelta(days=5))


def test_a_request_is_answered_once_and_the_unanswered_are_reminded(world: Any) -> None:
    letter = send(world, kind=LetterKind.REQUEST, answer_by=date(2026, 10, 10))
    mine = receipt(letter, world.school)
    assert queries.answers_due(world.librarian) == queries.Due(1, date(2026, 10, 10))
    services.open_letter(actor=world.librarian, receipt_id=mine.pk, at=AT)
    assert services.remind(actor=world.methodist, letter=letter, at=AT + timedelta(days=1)) == 2
    with pytest.raises(errors.EmptyAnswer):
        services.answer(actor=world.librarian, receipt_id=mine.pk, text=" ", at=AT + timedelta(days=1))
    late = {one.organization.code for one in queries.late(world.country, date(2026, 10, 11), patience=DAY)}
    assert late == {"S-1", "S-2"}
    services.answer(actor=world.librarian, receipt_id=mine.pk, text="Қатысамыз", at=AT + timedelta(days=1))
    with pytest.raises(errors.AnsweredAlready):
        services.answer(actor=world.director, receipt_id=mine.pk, text="Тағы", at=AT + timedelta(days=2))
    assert queries.answers_due(world.librarian).count == 0
    assert services.remind(actor=world.methodist, letter=letter, at=AT + timedelta(days=2)) == 1
    plain = receipt(send(world), world.school)
    with pytest.raises(errors.NoAnswerWanted):
        services.answer(actor=world.librarian, receipt_id=plain.pk, text="Жарайды", at=AT)


def test_a_letter_never_changes_and_is_withdrawn_with_a_reason(world: Any) -> None:
    letter = send(world, files=[File("жоспар.pdf", b"%PDF-1.7")])
    for change in (
        lambda: Letter.objects.filter(pk=letter.pk).update(subject="Басқа"),
        lambda: letter.attachments.all().delete(),
        lambda: Letter.objects.filter(pk=letter.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(errors.ReasonMissing):
        services.withdraw(actor=world.methodist, letter=letter, reason=" ", at=AT)
    services.withdraw(actor=world.methodist, letter=letter, reason="Күні қате", at=AT)
    with pytest.raises(errors.Withdrawn):
        services.remind(actor=world.methodist, letter=letter, at=AT + timedelta(days=3))
    assert queries.unread(world.librarian) == 0
    page = client("librarian").get(f"/letters/{receipt(letter, world.school).pk}/")
    assert "Күні қате" in page.content.decode()


def test_files_are_served_to_those_who_got_or_sent_them_and_only_to_be_saved(world: Any) -> None:
    picture, office = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    with zipfile.ZipFile(office, "w") as pack:
        pack.writestr("word/document.xml", "<w/>")
    letter = send(
        world,
        recipients=[world.school],
        files=[File("сурет.png", picture.getvalue()), File("хат.docx", office.getvalue())],
    )
    first = letter.attachments.order_by("pk").first()
    assert first is not None
    assert (django_settings.MEDIA_ROOT / first.stored).is_file()
    for login, status in (("librarian", 200), ("director", 200), ("methodist", 200), ("neighbour", 404)):
        assert client(login).get(f"/letters/files/{first.pk}/").status_code == status, login
    answer = client("librarian").get(f"/letters/files/{first.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "image/png")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content) == picture.getvalue()
    macro = io.BytesIO()
    with zipfile.ZipFile(macro, "w") as pack:
        pack.writestr("word/document.xml", "<w/>")
        pack.writestr("word/vbaProject.bin", "x")
    with pytest.raises(errors.BadAttachment):
        send(world, files=[File("m.docx", macro.getvalue())])


def test_recipients_by_place_kind_and_code(world: Any) -> None:
    tree = Organization.objects
    garden = tree.add_child(world.district, {"kind": Kind.KINDERGARTEN, "code": "G-1", "name_kk": "Балапан"})
    tree.add_child(world.district, {"kind": Kind.SCHOOL, "code": "S-9", "name_kk": "Жабық", "is_closed": True})
    tree.add_child(world.school, {"kind": Kind.BRANCH, "code": "B-1", "name_kk": "Филиал"})

    def codes(sender: Any, *places: str, kinds: tuple[str, ...] = (), to: tuple[str, ...] = ()) -> list[str]:
        return [one.code for one in queries.recipients(sender, Choice(places, kinds, to))]

    country = Organization.objects.get(code="KZ")
    assert codes(country, "KZ", kinds=("SCHOOL",)) == ["S-1", "S-2", "S-3"]
    assert codes(country, "AKM-01", kinds=("KINDERGARTEN",), to=("S-3",)) == [garden.code, "S-3"]
    assert codes(country, "KZ", kinds=("DISTRICT", "REGION")) == ["AKM", "AKM-01", "ALM"]
    assert codes(Organization.objects.get(code="AKM-01"), "KZ", kinds=("SCHOOL",), to=("S-3", "S-9", "B-1")) == []


def test_the_way_from_writing_to_the_answer(world: Any) -> None:
    """The methodist writes, sees how many get it, sends; the school reads, answers, archives; both sides see it."""
    methodist, school = client("methodist"), client("librarian")
    page = methodist.get("/letters/new/?to=S-1,S-3").content.decode()
    assert 'value="S-1" checked' in page
    assert 'value="S-3"' not in page
    form: dict[str, Any] = {
        "sender": "AKM-01", "place": ["AKM-01"], "kind_of": ["SCHOOL"], "kind": "REQUEST", "subject": "Қор туралы",
        "text": "Жауап беріңіз <b>бүгін</b>: https://example.kz", "answer_by": "2099-01-01",
    }  # fmt: skip
    look = methodist.post("/letters/new/", {**form, "step": "look"}, headers={"HX-Request": "true"})
    assert "2 organisations will get it" in look.content.decode()
    assert Letter.objects.count() == 0
    file = io.BytesIO(b"%PDF-1.7 plan")
    file.name = "plan.pdf"
    again = methodist.post("/letters/new/", {**form, "step": "send", "seen": "1"})
    assert "The choice changed" in again.content.decode()
    assert Letter.objects.count() == 0
    done = methodist.post("/letters/new/", {**form, "step": "send", "seen": "2", "attached": [file]})
    letter = Letter.objects.get()
    assert done["Location"] == f"/letters/sent/{letter.pk}/"
    mine = receipt(letter, world.school)
    assert "<strong>Қор туралы</strong>" in school.get("/letters/?q=кор").content.decode()
    assert "Қор туралы" not in school.get("/letters/?q=жоқ").content.decode()
    opened = school.get(f"/letters/{mine.pk}/").content.decode()
    assert "&lt;b&gt;" in opened
    assert 'href="https://example.kz"' in opened
    assert "plan.pdf" in opened
    school.post(f"/letters/{mine.pk}/answer/", {"text": "Бәрі дайын"})
    school.post(f"/letters/{mine.pk}/archive/")
    assert "Қор туралы" not in school.get("/letters/").content.decode()
    assert "Қор туралы" in school.get("/letters/?tab=archive").content.decode()
    shown = methodist.get(f"/letters/sent/{letter.pk}/").content.decode()
    assert "Бәрі дайын" in shown
    assert "1 of 2" in shown
    content = b"".join(methodist.get(f"/letters/sent/{letter.pk}/receipts.xlsx").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[2:]] == ["S-1", "S-2"]
    assert (rows[2][3], rows[2][6], rows[3][2]) == ("librarian", "Бәрі дайын", "")
    methodist.post(f"/letters/sent/{letter.pk}/remind/")
    assert receipt(letter, world.neighbour).reminders == 1
    methodist.post(f"/letters/sent/{letter.pk}/withdraw/", {"reason": "Қате"})
    assert Letter.objects.get().is_withdrawn
    for address in ("sent/", f"sent/{letter.pk}/", "new/"):
        assert school.get(f"/letters/{address}").status_code == 403


def test_guidance_stays_in_its_library(world: Any) -> None:
    guide = send(world, kind=LetterKind.GUIDANCE, subject="Нұсқау")
    mine = receipt(guide, world.school)
    services.archive(actor=world.librarian, receipt_id=mine.pk)
    assert list(queries.inbox(world.librarian, "inbox")) == []
    assert [one.pk for one in queries.inbox(world.librarian, "guidance")] == [mine.pk]


def test_eight_thousand_organisations_get_it_in_one_short_command(
    world: Any,
) -> None:
    district = Organization.objects.get(code="AKM-01")
    Organization.objects.bulk_create(
        [
            Organization(
                path=f"{district.path}{number + 100:04d}", depth=district.depth + 1, kind=Kind.SCHOOL,
                code=f"X-{number}", name_kk=f"Мектеп {number}",
            )
            for number in range(8000)
        ]
    )  # fmt: skip
    everyone = queries.recipients(district, Choice(places=("AKM-01",), kinds=("SCHOOL",)))
    assert len(everyone) == 8002
    begun = time.process_time()
    letter = send(world, recipients=everyone)
    assert time.process_time() - begun < 3
    page = client("methodist")
    page.get("/letters/sent/")
    for address in ("/letters/sent/", f"/letters/sent/{letter.pk}/", "/letters/new/"):
        begun = time.process_time()
        assert page.get(address).status_code == 200
        assert time.process_time() - begun < 2, address


def test_pages_cost_the_same_however_many_letters(world: Any, django_assert_max_num_queries: Any) -> None:
    school, methodist = client("librarian"), client("methodist")
    for number in range(30):
        send(world, subject=f"Хат {number}")
    for page, address, most in ((school, "/letters/", 9), (methodist, "/letters/sent/", 9)):
        page.get(address)
        with django_assert_max_num_queries(most):
            page.get(address)
    with django_assert_max_num_queries(9 + (connection.vendor == "postgresql")):
        send(world, command_id=uuid.uuid4())
