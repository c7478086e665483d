"""Pages of people and the network, through the test client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kitaphana.core import jobs
from kitaphana.core.models import AuditEntry, Job
from kitaphana.people import documents, services
from kitaphana.people.enums import Category
from kitaphana.people.models import Membership, User
from kitaphana.people.services import PersonDetails

AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return client


def register(world: Any, surname: str, **more: Any) -> Membership:
    return services.register_reader(
        actor=world.librarian,
        library=world.school,
        person=PersonDetails(surname, "Али"),
        category=Category.PUPIL,
        at=AT,
        **more,
    )


def test_list_of_readers_has_the_same_statements_for_one_and_three(world: Any, django_assert_num_queries: Any) -> None:
    client = signed_in("librarian")
    client.get(reverse("people:readers"))
    for surnames in (["Ахметов"], ["Оспанов", "Сейітов"]):
        for surname in surnames:
            register(world, surname)
        with django_assert_num_queries(7):
            response = client.get(reverse("people:readers"))
        assert response.status_code == 200


def test_readers_are_found_in_any_spelling_and_a_scanned_card_opens_one(world: Any) -> None:
    client = signed_in("librarian")
    made = register(world, "Құнанбаев")
    assert "Құнанбаев" in client.get(reverse("people:readers"), {"q": "kunanbaev"}).content.decode()
    assert "Құнанбаев" not in client.get(reverse("people:readers"), {"q": "Оспан"}).content.decode()
    response = client.get(reverse("people:readers"), {"q": made.card_number})
    assert response["Location"] == reverse("people:reader", args=[made.pk])


def test_reader_of_another_school_is_not_there(world: Any) -> None:
    made = register(world, "Ахметов")
    client = signed_in("neighbour")
    assert client.get(reverse("people:reader", args=[made.pk])).status_code == 404
    assert client.post(reverse("people:reader_leave", args=[made.pk]), {"reason": "LEFT"}).status_code == 404
    made.refresh_from_db()
    assert made.left_on is None


def test_upload_preview_confirm_report(world: Any) -> None:
    client = signed_in("librarian")
    data = "Тегі;Аты;Сынып\nАхметов;Али;7А\nҚате;Сынып;Я".encode()
    response = client.post(reverse("people:import"), {"file": SimpleUploadedFile("тізім.csv", data)})
    preview = response["Location"]
    page = client.get(preview).content.decode()
    assert "Ахметов" in page
    assert not Membership.objects.exists()
    assert signed_in("neighbour").get(preview).status_code == 404
    run = client.post(preview + "confirm/")["Location"]
    assert client.get(run).status_code == 200
    while jobs.run_next():
        pass
    report = client.get(run).content.decode()
    assert Membership.objects.count() == 1
    assert Job.objects.get(name="people.import_readers").state == "DONE"
    assert "Я" in report
    assert client.get(preview).status_code == 404  # the file is forgotten


def test_upload_of_something_else_is_refused_beside_the_field(world: Any) -> None:
    client = signed_in("librarian")
    response = client.post(reverse("people:import"), {"file": SimpleUploadedFile("a.bin", b"\x00\x01")})
    assert response.status_code == 422
    assert b"a.bin" in response.content


def test_uploads_lie_encrypted_in_the_data_folder(world: Any, settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    signed_in("librarian").post(
        reverse("people:import"), {"file": SimpleUploadedFile("a.csv", "Тегі\nАхметов".encode())}
    )
    (kept,) = (tmp_path / "uploads").iterdir()
    assert "Ахметов".encode() not in kept.read_bytes()


def test_cards_and_accounts_are_pdf(world: Any) -> None:
    made = register(world, "Ахметов")
    client = signed_in("librarian")
    assert client.get(reverse("people:cards"), {"id": made.pk}).content[:5] == b"%PDF-"
    response = client.post(reverse("people:accounts"), {"id": made.pk})
    assert response.content[:5] == b"%PDF-"
    assert response["Cache-Control"] == "no-store"
    assert client.get(reverse("people:cards")).status_code == 422


def test_barcodes_of_cards_are_read_back(world: Any) -> None:
    import pypdfium2
    import zxingcpp

    made = [register(world, surname) for surname in ("Ахметов", "Оспанов", "Сейітов")]
    content = documents.cards_pdf(world.school, made, language="kk")
    picture = pypdfium2.PdfDocument(content)[0].render(scale=3).to_pil()
    assert sorted(one.text for one in zxingcpp.read_barcodes(picture)) == sorted(one.card_number for one in made)


def test_export_is_noted_in_the_journal_and_inert_for_spreadsheets(world: Any) -> None:
    register(world, "=1+1")
    response = signed_in("librarian").post(reverse("people:export"))
    assert "'=1+1" in response.content.decode("utf-8-sig")
    assert AuditEntry.objects.latest("id").action == "people.readers_exported"
    assert signed_in("director").post(reverse("people:export")).status_code == 403


def test_a_told_password_must_be_changed_first(world: Any) -> None:
    made = register(world, "Ахметов")
    (account,) = services.create_reader_accounts(actor=world.librarian, library=world.school, memberships=[made], at=AT)
    client = Client()
    client.post("/sign-in/", {"username": account.user.login, "password": account.password})
    assert client.get("/people/tokens/")["Location"] == "/password/"
    form = {
        "old_password": account.password,
        "new_password1": "Abai-1845-kitap",
        "new_password2": "Abai-1845-kitap",
    }
    assert client.post("/password/", form)["Location"] == "/start/"
    assert client.get("/people/tokens/").status_code == 200
    assert 'href="/people/tokens/"' in client.get("/password/").content.decode()  # the account's menu leads there


def test_signing_in_is_closed_after_ten_wrong_passwords(world: Any) -> None:
    client = Client()
    for _attempt in range(10):
        response = client.post("/sign-in/", {"username": "librarian", "password": "wrong"})
    assert response.status_code == 429
    assert client.post("/sign-in/", {"username": "librarian", "password": "Kitap-2026!"}).status_code == 429


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_choosing_a_workplace_never_leads_elsewhere(world: Any, target: str) -> None:
    client = signed_in("librarian")
    response = client.post("/workplace/", {"library": "S-1", "next": target})
    assert response["Location"] == "/start/"
    assert client.post("/workplace/", {"library": "S-1", "next": "/people/"})["Location"] == "/people/"
    assert client.post("/workplace/", {"library": "S-2"}).status_code == 404


def test_roles_page_gives_and_takes(world: Any) -> None:
    client = signed_in("administrator")
    page = reverse("people:roles", args=["S-1"])
    response = client.post(page, {"login": "newcomer", "role": "LIBRARIAN"})
    assert response["Cache-Control"] == "no-store"
    user = User.objects.get(login="newcomer")
    assignment = user.roles.get()
    assert client.post(reverse("people:role_revoke", args=["S-1", assignment.pk])).status_code == 302
    assert not user.roles.exists()
    assert signed_in("librarian").get(page).status_code == 403


def test_journal_shows_only_own_libraries(world: Any) -> None:
    register(world, "Ахметов")
    assert "Оқырман тіркелді" in signed_in("librarian").get("/journal/").content.decode().split("<tbody>")[-1]
    assert "<tbody>" not in signed_in("neighbour").get("/journal/").content.decode()


def test_api_finds_readers_by_card_within_reach_only(world: Any) -> None:
    made = register(world, "Ахметов")
    token = services.make_token(User.objects.get(login="librarian"), at=AT)
    foreign = services.make_token(User.objects.get(login="neighbour"), at=AT)
    client = Client()
    answer = client.get("/api/v1/people", {"card": made.card_number}, headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {
        "results": [
            {
                "id": made.person_id, "membership_id": made.pk, "card": made.card_number, "name": "Ахметов Али",
                "category": "PUPIL", "class": None, "library": "S-1", "valid_until": "2027-09-30", "left_on": None,
            }
        ],
        "next": None,
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {foreign}"}
    assert client.get("/api/v1/people", {"card": made.card_number}, headers=headers).json()["results"] == []
    assert client.get("/api/v1/people", {"library": "S-1"}, headers=headers).status_code == 404
    stranger = services.make_token(User.objects.get(login="stranger"), at=AT)
    assert client.get("/api/v1/people", headers={"Authorization": f"Bearer {stranger}"}).status_code == 403


def test_api_pages_through_organizations(world: Any) -> None:
    token = services.make_token(User.objects.get(login="methodist"), at=AT)
    headers = {"Authorization": f"Bearer {token}"}
    client = Client()
    first = client.get("/api/v1/organizations/", {"limit": 2}, headers=headers).json()
    second = client.get("/api/v1/organizations/", {"limit": 2, "cursor": first["next"]}, headers=headers).json()
    assert [one["code"] for one in first["results"] + second["results"]] == ["AKM-01", "S-1", "S-2"]
    assert second["next"] is None
    assert client.get("/api/v1/organizations/S-1", headers=headers).json()["parent"] == "AKM-01"
    assert client.get("/api/v1/organizations/S-3", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("login", "addresses"),
    [
        (
            "administrator",
            [
                "/network/",
                "/network/KZ/",
                "/network/AKM-01/add/",
                "/network/S-1/edit/",
                "/network/S-1/move/",
                "/network/S-1/calendar/",
                "/network/KZ/children/",
                "/network/?q=мектеп",
                "/jobs/",
                "/people/workplaces/?q=мектеп",
            ],
        ),
        (
            "librarian",
            [
                "/people/",
                "/people/new/",
                "/people/import/",
                "/people/classes/",
                "/people/classes/new/",
                "/people/classes/promote/",
                "/people/tokens/",
                "/people/workplaces/",
                "/password/",
                "/jobs/",
                "/journal/",
                "/network/S-1/",
            ],
        ),
    ],
)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_opens_in_every_language(world: Any, login: str, addresses: list[str], language: str) -> None:
    client = signed_in(login)
    client.cookies["language"] = language
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_calendar_is_edited_on_its_page(world: Any) -> None:
    client = signed_in("librarian")
    closing = {"on": "2026-11-27", "name_kk": "Санитарлық күн"}
    assert client.post("/network/S-1/calendar/close/", closing).status_code == 302
    assert "Санитарлық күн" in client.get("/network/S-1/calendar/?year=2026").content.decode()
    assert client.post("/network/S-1/calendar/close/", {"on": "x", "name_kk": ""}).status_code == 422
    assert client.post("/network/S-1/calendar/week/", {"weekdays": ["6", "7"]}).status_code == 302
    world.school.refresh_from_db()
    assert world.school.weekly_closed == "67"
    assert client.post("/network/S-1/calendar/open/", {"on": "2026-11-27"}).status_code == 302
    assert "Санитарлық күн" not in client.get("/network/S-1/calendar/?year=2026").content.decode()
