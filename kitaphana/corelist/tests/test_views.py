"""Pages of the core lists as people use them: the keeper, experts, ministries, librarians, visitors."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import etree

from kitaphana.core.ids import new_id
from kitaphana.corelist import services
from kitaphana.corelist.enums import Move, State
from kitaphana.corelist.models import (
    Application,
    CoreList,
    Criterion,
    DeclaredConflict,
    Expert,
    ExpertCall,
    Meeting,
    Proposal,
    Score,
    Step,
    Vote,
    WorkingGroup,
)
from kitaphana.corelist.tests.factories import AT, Commission, book, commission, user_of
from kitaphana.formats import iso2709
from kitaphana.formats.bibliographic import Description
from kitaphana.people.models import User
from kitaphana.people.roster import read_cells

pytestmark = pytest.mark.django_db
ISBN = "9786012345674"


def client_of(actor: Any, language: str = "en") -> Client:
    client = Client()
    if actor is not None:
        client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return client


def text_of(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    answer = client.get(reverse(f"corelist:{name}", args=args), query)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def post(client: Client, name: str, *args: Any, **fields: Any) -> Any:
    answer = client.post(reverse(f"corelist:{name}", args=args), {"command_id": str(new_id()), **fields}, follow=True)
    assert answer.status_code in (200, 422), (name, answer.status_code)
    return answer


@pytest.fixture
def team(world: Any) -> Commission:
    return commission(world.country)


def test_a_list_is_led_from_its_making_to_publication_on_pages(world: Any, team: Commission) -> None:
    keeper = client_of(team.manager)
    answer = post(
        keeper, "list_new", level="PRIMARY", language="kaz", age_from=6, age_to=10, name_kk="1–4 сынып",
        quorum_percent=50, majority_percent=50,
    )  # fmt: skip
    assert "The list is saved." in answer.content.decode()
    one = CoreList.objects.get(level="PRIMARY")
    post(keeper, "list_change", one.pk, action="criteria", **{"kk-0": "Тілі", "weight-0": "70"})
    post(keeper, "list_change", one.pk, action="appoint", login="expert0")
    post(keeper, "list_change", one.pk, action="name", login="education", side="EDUCATION")
    refused = post(keeper, "list_change", one.pk, action="name", login="education", side="CULTURE")
    assert "One person may not sign for both ministries." in refused.content.decode()
    post(keeper, "list_change", one.pk, action="name", login="culture", side="CULTURE")
    post(keeper, "list_change", one.pk, action="begin")
    version = one.versions.get()

    librarian = client_of(world.librarian)
    edition = book("Менің атым Қожа", isbn=ISBN)
    page = text_of(librarian, "propose", one.pk, q=ISBN)
    assert "Менің атым Қожа" in page
    fields = {"record": edition.pk, "kind": "DOMESTIC", "grade_from": 3, "grade_to": 4, "norm_per_pupils": 10}
    answer = post(librarian, "propose", one.pk, **fields, reason="Оқушылар сұрайды")
    assert "is proposed" in answer.content.decode()
    proposal = Proposal.objects.get()
    post(librarian, "proposal_change", proposal.pk, action="comment", text="Қолдаймын")
    assert "Қолдаймын" in text_of(client_of(team.experts[0]), "proposal", proposal.pk)

    post(keeper, "step", version.pk, move="OPEN_REVIEW", state="DRAFT")
    expert = client_of(team.experts[0])
    criterion = Criterion.objects.get(core_list=one)
    assert "0 of 1 titles done" in text_of(expert, "scores", version.pk)
    field = f"p-{proposal.pk}-{criterion.pk}"
    saved = expert.post(reverse("corelist:score", args=[version.pk]), {field: "9"}, headers={"HX-Request": "true"})
    assert "9.00" in saved.content.decode()
    wrong = expert.post(reverse("corelist:score", args=[version.pk]), {field: "11"}, headers={"HX-Request": "true"})
    assert "Points go from 0 to 10" in wrong.content.decode()
    assert Score.objects.get().points == 9
    post(keeper, "step", version.pk, move="OPEN_VOTE", state="REVIEW")
    assert "My ballot" in text_of(expert, "votes", version.pk)
    voted = expert.post(reverse("corelist:vote", args=[proposal.pk]), {"choice": "YES"}, headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in voted.content.decode()
    post(keeper, "step", version.pk, move="CLOSE_VOTE", state="VOTE")
    assert "To work" in text_of(client_of(team.education), "waiting")
    refused = post(keeper, "step", version.pk, move="APPROVE", state="EDUCATION")
    assert "You are not named" in refused.content.decode() or "does not allow" in refused.content.decode()
    post(client_of(team.education), "step", version.pk, move="APPROVE", state="EDUCATION")
    post(client_of(team.culture), "step", version.pk, move="APPROVE", state="CULTURE")
    visitor = client_of(None)
    text_of(visitor, "version", version.pk, status=404)
    post(keeper, "step", version.pk, move="PUBLISH", state="APPROVED")
    page = text_of(visitor, "version", version.pk)
    assert "Менің атым Қожа" in page
    assert "1 copy for 10 pupils" in page
    assert "The signature holds" in text_of(visitor, "step_page", version.pk, 7)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_opens_in_every_language_and_state(world: Any, team: Commission, language: str) -> None:
    one = team.core_list
    version = team.begin()
    proposal = team.propose(by=world.librarian)
    team.propose(record=None, title="Жаңа", isbn=ISBN)
    viewers = [team.manager, team.experts[0], team.education, world.librarian, world.director]
    group = services.save_group(
        actor=team.manager,
        organization=world.country,
        facts=services.GroupFacts(name_kk="Топ", mandate="Бұйрық", from_on=AT.date()),
        at=AT,
    )
    for state in State:
        if state == State.REVIEW:
            unknown = Proposal.objects.get(title="Жаңа")
            services.withdraw_proposal(actor=team.manager, proposal=unknown, at=AT)
        team.to(version, state)
        for actor in viewers:
            client = client_of(actor, language)
            for name, args in (
                ("overview", []), ("waiting", []), ("route", []), ("list", [one.pk]), ("propose", [one.pk]),
                ("import", [one.pk]), ("import_model", []), ("proposal", [proposal.pk]), ("version", [version.pk]),
                ("composition", [version.pk]), ("step_page", [version.pk, 1]), ("groups", []), ("group", [group.pk]),
            ):  # fmt: skip
                text = client.get(reverse(f"corelist:{name}", args=args))
                assert text.status_code == 200, (name, state)
        expert = client_of(team.experts[0], language)
        text_of(expert, "scores", version.pk)
        text_of(expert, "votes", version.pk)
        keeper = client_of(team.manager, language)
        for name, args in (
            ("list_new", []), ("list_edit", [one.pk]), ("call_new", [one.pk]), ("group_new", []),
            ("group_edit", [group.pk]), ("meeting_new", [group.pk]),
        ):  # fmt: skip
            text_of(keeper, name, *args)


def test_a_visitor_sees_published_versions_and_nothing_else(world: Any, team: Commission) -> None:
    version = team.begin()
    proposal = team.propose(book("Абай жолы"))
    visitor = client_of(None)
    assert "Абай" not in text_of(visitor, "overview", q="абай")
    for name, pk in (("list", team.core_list.pk), ("version", version.pk), ("diff", version.pk)):
        text_of(visitor, name, pk, status=404)
    for name in ("csv", "xlsx", "marc", "opds"):
        text_of(visitor, name, version.pk, status=404)
        text_of(client_of(team.manager), name, version.pk, status=404)
    text_of(visitor, "step_page", version.pk, 1, status=404)
    for name, pk in (("proposal", proposal.pk), ("composition", version.pk), ("propose", team.core_list.pk)):
        text_of(visitor, name, pk, status=302)
    team.to(version, State.PUBLISHED)
    following = team.begin()
    assert "Абай жолы" in text_of(visitor, "overview", q="АБАЙ ЖОЛЫ")
    page = text_of(visitor, "list", team.core_list.pk)
    assert "Version 1" in page
    assert "Version 2" not in page
    text_of(visitor, "version", following.pk, status=404)


def test_published_titles_are_narrowed(world: Any, team: Commission) -> None:
    version = team.begin()
    team.propose(book("Абай жолы", isbn=ISBN, age_from=14), grade_from=9)
    team.propose(book("Құлагер", authors=["Жансүгіров, Ілияс"]), grade_from=5, grade_to=6)
    team.propose(book("Физика", udc="53"), kind="SUBJECT", grade_from=7)
    team.to(version, State.PUBLISHED)
    visitor = client_of(None)

    def shown(name: str, *args: Any, **query: Any) -> set[str]:
        page = text_of(visitor, name, *args, **query)
        return {title for title in ("Абай жолы", "Құлагер", "Физика") if f">{title}<" in page}

    for name, args in (("version", [version.pk]), ("overview", [])):
        assert shown(name, *args, q="кулагер") == {"Құлагер"}
        assert shown(name, *args, q="жансугиров") == {"Құлагер"}
        assert shown(name, *args, q=ISBN) == {"Абай жолы"}
        assert shown(name, *args, grade=6) == {"Құлагер"}
        assert shown(name, *args, age=12) == {"Құлагер", "Физика"}
        assert shown(name, *args, q="жоқ кітап") == set()
    assert shown("version", version.pk, kind="SUBJECT") == {"Физика"}
    assert text_of(visitor, "version", version.pk, view="covers").count('class="book"') == 3
    assert shown("overview", level="BASIC", language="kaz") == {"Абай жолы", "Құлагер", "Физика"}
    assert shown("overview", level="PRIMARY") == set()
    assert shown("overview", level="x", grade="y", age="-1") == set()


def test_a_published_version_comes_in_every_form(world: Any, team: Commission) -> None:
    from kitaphana.catalog import services as catalog

    described = [
        catalog.describe_record(
            actor=world.librarian,
            library=world.school,
            description=Description(
                title=title, authors=("Әуезов, Мұхтар",), isbns=(ISBN,) if title == "А" else (), language="kaz"
            ),
            at=AT,
        )
        for title in ("А", "=Б")
    ]
    version = team.begin()
    for one in described:
        team.propose(one)
    team.to(version, State.PUBLISHED)
    visitor = client_of(None)
    table = text_of(visitor, "csv", version.pk)
    lines = list(csv.reader(io.StringIO(table.lstrip("\ufeff")), delimiter=";"))
    assert [line[1] for line in lines[1:]] == ["А", "'=Б"]
    assert lines[1][5] == ISBN
    book_data = b"".join(visitor.get(reverse("corelist:xlsx", args=[version.pk])).streaming_content)
    assert [row[1] for row in list(read_cells(book_data, "x.xlsx"))[2:4]] == ["А", "=Б"]
    marc = b"".join(visitor.get(reverse("corelist:marc", args=[version.pk])).streaming_content)
    assert len(list(iso2709.read(io.BytesIO(marc)))) == 2
    answer = visitor.get(reverse("corelist:opds", args=[version.pk]))
    assert answer["Content-Type"] == "application/atom+xml;profile=opds-catalog;kind=acquisition"
    feed = etree.fromstring(answer.content)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    assert [entry.findtext(f"{atom}title") for entry in entries] == ["А", "=Б"]
    for thing in (feed, *entries):
        assert thing.findtext(f"{atom}id")
        assert thing.findtext(f"{atom}updated")
    for entry in entries:
        assert any("opds-spec.org/acquisition" in link.get("rel") for link in entry.findall(f"{atom}link"))


def test_versions_are_compared(team: Commission) -> None:
    first = team.begin()
    keep, change, remove = (book(title) for title in ("Қалады", "Өзгереді", "Кетеді"))
    for one in (keep, change, remove):
        team.propose(one)
    team.to(first, State.PUBLISHED)
    second = team.begin()
    keeper = client_of(team.manager)
    assert "Propose to take it out instead" in text_of(keeper, "propose", team.core_list.pk, record=remove.pk)
    fields = {"record": remove.pk, "change": "REMOVE", "kind": "DOMESTIC", "norm_per_pupils": 25, "reason": "Ескірген"}
    post(keeper, "propose", team.core_list.pk, **fields)
    team.propose(change, norm_per_pupils=5)
    team.propose(book("Жаңа"))
    team.to(second, State.APPROVED)
    assert "as of now" in text_of(keeper, "diff", second.pk)
    text_of(client_of(None), "diff", second.pk, status=404)
    team.to(second, State.PUBLISHED)
    page = text_of(client_of(None), "diff", second.pk)
    for title in ("Жаңа", "Өзгереді", "Кетеді"):
        assert title in page
    assert "Қалады" not in page


def test_what_waits_for_whom_is_the_same_for_everybody(world: Any, team: Commission) -> None:
    version = team.begin()
    proposals = [team.propose(book(title)) for title in "АБ"]
    team.to(version, State.REVIEW)
    services.declare_conflict(actor=team.experts[1], proposal=proposals[0], reason="Редактор", at=AT)
    for criterion in Criterion.objects.all():
        for one in proposals:
            services.score(actor=team.experts[0], proposal=one, criterion=criterion, points=5, at=AT)
    for actor in (team.experts[1], world.librarian, team.culture):
        page = text_of(client_of(actor), "waiting")
        assert "expert0" in page
        assert "2 of 2 left" in page
        assert "1 of 1 left" in page
        assert "core-done" in page
        assert ("Waits for you" in page) is (actor is team.experts[1])


def test_the_board_takes_the_same_statements_for_one_list_and_three(
    world: Any, team: Commission, django_assert_max_num_queries: Any
) -> None:
    client = client_of(world.librarian)
    team.to(_with_proposal(team), State.REVIEW)
    text_of(client, "waiting")
    for age in (16, 17):
        other = services.make_list(
            actor=team.manager,
            organization=world.country,
            facts=services.ListFacts(level="GENERAL", language="kaz", age_from=age, age_to=18, name_kk=f"{age}"),
            at=AT,
        )
        services.set_criteria(actor=team.manager, core_list=other, criteria=[services.CriterionFacts("Т", 1)], at=AT)
        services.appoint_expert(actor=team.manager, core_list=other, user=user_of(team.experts[0]), at=AT)
        services.begin_version(actor=team.manager, core_list=other, at=AT)
    with django_assert_max_num_queries(20):
        text_of(client, "waiting")


def _with_proposal(team: Commission) -> Any:
    version = team.begin()
    team.propose()
    return version


def test_the_version_page_takes_the_same_statements_for_one_title_and_five(
    world: Any, team: Commission, django_assert_max_num_queries: Any
) -> None:
    version = _with_proposal(team)
    client = client_of(world.librarian)
    for number in range(5):
        with django_assert_max_num_queries(32):
            text_of(client, "version", version.pk)
        team.propose(book(f"Кітап {number}"))


def test_an_expert_declares_a_conflict_on_the_page(team: Commission) -> None:
    version = _with_proposal(team)
    team.to(version, State.VOTE)
    expert, proposal = client_of(team.experts[0]), Proposal.objects.get()
    post(expert, "proposal_change", proposal.pk, action="conflict", text="Авторы — туысым")
    assert DeclaredConflict.objects.count() == 1
    assert "conflict of interest declared" in text_of(expert, "votes", version.pk)
    answer = expert.post(
        reverse("corelist:vote", args=[proposal.pk]), {"choice": "YES"}, headers={"HX-Request": "true"}
    )
    assert "declared a conflict" in answer.content.decode()
    assert Vote.objects.count() == 0
    # Without a script the same refusal comes as a message.
    page = post(expert, "vote", proposal.pk, choice="YES").content.decode()
    assert "declared a conflict" in page


def test_the_whole_sheet_is_saved_without_scripts(team: Commission) -> None:
    version = team.begin()
    proposals = [team.propose(book(title)) for title in "АБ"]
    team.to(version, State.REVIEW)
    criteria = list(Criterion.objects.all())
    fields = {f"p-{one.pk}-{criterion.pk}": "7" for one in proposals for criterion in criteria}
    page = post(client_of(team.experts[0]), "score", version.pk, **fields, **{"p-999-1": "3", "p-x": "1"})
    assert "The points are saved." in page.content.decode()
    assert Score.objects.count() == 4
    fields = dict.fromkeys(fields, "")
    post(client_of(team.experts[0]), "score", version.pk, **fields)
    assert Score.objects.count() == 0
    assert client_of(team.manager).get(reverse("corelist:scores", args=[version.pk])).status_code == 403


def test_the_keeper_works_on_proposals(world: Any, team: Commission) -> None:
    team.begin()
    first, second = team.propose(book("А")), team.propose(book("Б"))
    unknown = team.propose(record=None, title="В", isbn="")
    keeper = client_of(team.manager)
    post(keeper, "proposal_change", second.pk, action="merge", into=first.pk)
    edition = book("В", isbn=ISBN)
    post(keeper, "proposal_change", unknown.pk, action="link", isbn=ISBN)
    unknown.refresh_from_db()
    assert unknown.record == edition
    post(keeper, "proposal_change", first.pk, action="defer", text="Кейін")
    assert "Take up in this version" in text_of(keeper, "proposal", first.pk)
    post(keeper, "proposal_change", first.pk, action="reopen")
    post(keeper, "proposal_change", first.pk, action="withdraw")
    states = dict(Proposal.objects.values_list("title", "state"))
    assert states == {"А": "WITHDRAWN", "Б": "MERGED", "В": "OPEN"}
    refused = post(client_of(world.librarian), "proposal_change", unknown.pk, action="defer").content.decode()
    assert "Your role does not allow this" in refused
    assert keeper.post(reverse("corelist:proposal_change", args=[first.pk]), {"action": "x"}).status_code == 404


def test_an_unknown_isbn_asks_for_the_facts(world: Any, team: Commission) -> None:
    librarian = client_of(world.librarian)
    page = text_of(librarian, "propose", team.core_list.pk, q=ISBN)
    assert "has no edition with ISBN" in page
    fields = {"new": 1, "title": "Жаңа", "isbn": ISBN, "kind": "FOREIGN", "norm_per_pupils": 25, "reason": "Керек"}
    post(librarian, "propose", team.core_list.pk, **fields)
    proposal = Proposal.objects.get()
    assert (proposal.title, proposal.isbn, proposal.record, proposal.version) == ("Жаңа", ISBN, None, None)
    page = post(librarian, "propose", team.core_list.pk, **fields).content.decode()
    assert "is proposed already" in page


def test_proposals_are_previewed_and_imported(world: Any, team: Commission) -> None:
    version = team.begin()
    edition = book("Абай жолы", isbn=ISBN)
    listed = team.propose(book("Бар кітап", isbn="9786010000025"))
    data = (
        "ISBN;Атауы;Автор;Сынып;Негіздеме;Норма\n"
        f"{ISBN};;;9;Бағдарламада бар;10\n"
        ";Жаңа кітап;Автор;5-6;;\n"
        "123;Қате;;5;;\n"
        ";Төрт;;4;;\n"
        ";Жаңа кітап;Автор;5;;\n"
        "9786010000025;;;7;;\n"
        "9786019999986;;;7;;\n"
    )
    librarian = client_of(world.librarian)
    upload = SimpleUploadedFile("тізім.csv", data.encode("utf-8-sig"))
    answer = librarian.post(
        reverse("corelist:import", args=[team.core_list.pk]), {"file": upload, "reason": "Ортақ себеп"}
    )
    page = librarian.get(answer["Location"]).content.decode()
    assert Proposal.objects.count() == 1
    for words in ("The ISBN does not check", "These are not grades", "stands in row 3", "has no edition with ISBN"):
        assert words in page
    address = answer["Location"].partition("?")[0] + "confirm/"
    command = str(new_id())
    for _ in range(2):
        sent = librarian.post(
            address, {"action": "import", "reason": "Ортақ себеп", "command_id": command}, follow=True
        )
    assert sent.status_code in (200, 404, 410)
    found = {one.title: one for one in Proposal.objects.exclude(pk=listed.pk)}
    assert set(found) == {"Абай жолы", "Жаңа кітап"}
    assert found["Абай жолы"].record == edition
    assert (found["Абай жолы"].reason, found["Жаңа кітап"].reason) == ("Бағдарламада бар", "Ортақ себеп")
    assert (found["Жаңа кітап"].grade_from, found["Жаңа кітап"].grade_to) == (5, 6)
    assert {one.version for one in found.values()} == {version}
    upload = SimpleUploadedFile("x.csv", "Бірдеңе;Басқа\n1;2\n".encode())
    answer = librarian.post(reverse("corelist:import", args=[team.core_list.pk]), {"file": upload})
    assert answer.status_code == 422
    assert "No column with titles" in answer.content.decode()


def test_a_published_workbook_is_read_back_by_the_import(team: Commission) -> None:
    version = team.begin()
    team.propose(book("Абай жолы", isbn=ISBN), grade_from=8, grade_to=9, norm_per_pupils=7)
    team.to(version, State.PUBLISHED)
    for language in ("kk", "ru", "en"):
        visitor = client_of(None, language)
        data = b"".join(visitor.get(reverse("corelist:xlsx", args=[version.pk])).streaming_content)
        plan = services.plan_import(
            actor=team.manager, core_list=team.core_list, data=data, file_name="x.xlsx", common_reason="Қайта"
        )
        (row,) = plan.rows
        assert (row.row.isbn, row.row.grade_from, row.row.grade_to, row.row.norm) == (ISBN, 8, 9, 7), language
        assert plan.result.rejected == 0


def test_a_working_group_meets_and_signs_its_minutes(world: Any, team: Commission) -> None:
    keeper = client_of(team.manager)
    post(keeper, "group_new", name_kk="Жұмыс тобы", mandate="№ 5 бұйрық", from_on="2026-09-01")
    group = WorkingGroup.objects.get()
    post(keeper, "group_change", group.pk, action="add", login="expert0", role="CHAIR", position="әдіскер")
    post(keeper, "group_change", group.pk, action="add", login="expert1", role="SECRETARY")
    refused = post(keeper, "group_change", group.pk, action="add", login="expert2", role="CHAIR").content.decode()
    assert "the group has a chair" in refused
    refused = post(keeper, "group_change", group.pk, action="add", login="nobody", role="MEMBER").content.decode()
    assert "There is no account" in refused
    chair, secretary = group.members.order_by("pk")
    post(keeper, "meeting_new", group.pk, on="2026-09-10", agenda="Тізім", attendees=[chair.pk, secretary.pk])
    meeting = Meeting.objects.get()
    assert (meeting.number, meeting.attendees.count()) == (1, 2)
    post(
        keeper,
        "meeting_edit",
        group.pk,
        meeting.pk,
        on="2026-09-10",
        agenda="Тізім",
        attendees=[chair.pk],
        minutes="Шешім",
    )
    stranger = post(client_of(world.librarian), "meeting", group.pk, meeting.pk).content.decode()
    assert "Your role does not allow this" in stranger
    page = post(client_of(team.experts[0]), "meeting", group.pk, meeting.pk).content.decode()
    assert "signed and closed" in page
    assert ">holds<" in page
    closed = post(keeper, "meeting_edit", group.pk, meeting.pk, on="2026-09-11", agenda="Басқа", attendees=[chair.pk])
    assert "signed and closed" in closed.content.decode()
    meeting.refresh_from_db()
    assert meeting.agenda == "Тізім"
    post(keeper, "group_change", group.pk, action="remove", member=chair.pk)
    post(keeper, "group_change", group.pk, action="add", login="expert2", role="CHAIR")
    assert group.members.filter(role="CHAIR", until_on__isnull=True).get().user.login == "expert2"


def test_experts_are_chosen_by_the_numbers(world: Any, team: Commission) -> None:
    keeper = client_of(team.manager)
    refused = post(
        keeper,
        "call_new",
        team.core_list.pk,
        text="Кім",
        places=1,
        until_on="2020-01-01",
        **{"kk-0": "Өтілі", "weight-0": 60},
    )
    assert "still to come" in refused.content.decode()
    post(
        keeper, "call_new", team.core_list.pk, text="Әдебиетшілер керек", places=1, until_on="2099-01-01",
        **{"kk-0": "Өтілі", "weight-0": 60, "kk-1": "Еңбектері", "weight-1": 40},
    )  # fmt: skip
    call = ExpertCall.objects.get()
    for actor in (world.librarian, world.director):
        post(
            client_of(actor),
            "call_change",
            call.pk,
            action="apply",
            statement="20 жыл өтіл",
            conflicts="Мектеп баспасы",
        )
    page = text_of(client_of(world.librarian), "call", call.pk)
    assert "Your application" in page
    assert "director" not in page
    first, second = Application.objects.order_by("pk")
    criteria = list(call.criteria.order_by("position"))
    points = {
        f"p-{first.pk}-{criteria[0].pk}": 5, f"p-{first.pk}-{criteria[1].pk}": 10,
        f"p-{second.pk}-{criteria[0].pk}": 9,
    }  # fmt: skip
    post(keeper, "call_change", call.pk, action="score", **points)
    refused = post(keeper, "call_change", call.pk, action="close").content.decode()
    assert "has no points by every criterion" in refused
    post(keeper, "call_change", call.pk, action="score", **{f"p-{second.pk}-{criteria[1].pk}": 4})
    assert post(client_of(world.librarian), "call_change", call.pk, action="close").status_code == 200
    call.refresh_from_db()
    assert call.closed_at is None
    post(keeper, "call_change", call.pk, action="close")
    results = {str(one.user): (str(one.result), one.is_appointed) for one in Application.objects.select_related("user")}
    assert results == {"librarian": ("7.00", True), "director": ("7.00", False)}  # equal: who applied first
    assert Expert.objects.filter(core_list=team.core_list, user=world.librarian.user_id).exists()
    late = post(client_of(world.methodist), "call_change", call.pk, action="apply", statement="x").content.decode()
    assert "takes this no longer" in late
    assert "not appointed" in text_of(client_of(world.director), "call", call.pk)


def test_nobody_scores_their_own_application(team: Commission) -> None:
    keeper = client_of(team.manager)
    fields = {"text": "Кім", "places": 1, "until_on": "2099-01-01", "kk-0": "Өтілі", "weight-0": 1}
    post(keeper, "call_new", team.core_list.pk, **fields)
    call = ExpertCall.objects.get()
    assert "open call already" in post(keeper, "call_new", team.core_list.pk, **fields).content.decode()
    post(keeper, "call_change", call.pk, action="apply", statement="Мен")
    field = f"p-{Application.objects.get().pk}-{call.criteria.get().pk}"
    assert (
        "Nobody scores their own"
        in post(keeper, "call_change", call.pk, action="score", **{field: 10}).content.decode()
    )


def test_a_step_seen_in_another_state_is_refused(team: Commission) -> None:
    version = _with_proposal(team)
    keeper = client_of(team.manager)
    page = post(keeper, "step", version.pk, move="OPEN_REVIEW", state="VOTE").content.decode()
    assert "can&#x27;t be done now" in page
    assert keeper.post(reverse("corelist:step", args=[version.pk]), {"move": "X"}).status_code == 404
    assert Step.objects.filter(version=version).count() == 1
    assert "needed to send back" in page


def test_rest_reads_published_versions(world: Any, team: Commission) -> None:
    version = team.begin()
    for number in range(3):
        team.propose(book(f"Кітап {number}"), grade_from=5 + number)
    visitor = Client()
    assert visitor.get("/api/v1/lists").json() == {"results": [], "next": None}
    assert visitor.get(f"/api/v1/lists/versions/{version.pk}/entries").status_code == 404
    team.to(version, State.PUBLISHED)
    team.begin()
    (one,) = visitor.get("/api/v1/lists?level=BASIC&language=kaz").json()["results"]
    assert one["id"] == team.core_list.pk
    assert visitor.get("/api/v1/lists?level=PRIMARY").json()["results"] == []
    (found,) = visitor.get(f"/api/v1/lists/{one['id']}/versions").json()["results"]
    last = Step.objects.filter(version=version).order_by("-number").first()
    assert last
    assert (found["number"], found["digest"]) == (1, last.digest)
    address = f"/api/v1/lists/versions/{version.pk}/entries"
    page = visitor.get(f"{address}?limit=2").json()
    assert [entry["title"] for entry in page["results"]] == ["Кітап 0", "Кітап 1"]
    rest = visitor.get(address, {"limit": 2, "cursor": page["next"]}).json()
    assert [entry["position"] for entry in rest["results"]] == [3]
    assert rest["next"] is None
    assert (page["results"][0]["summary"], page["results"][0]["cover_url"]) == ("", None)
    assert len(visitor.get(f"{address}?grade=6").json()["results"]) == 1
    assert visitor.get("/api/v1/lists/99/versions").status_code == 404


def test_the_route_page_shows_every_line_of_the_table(team: Commission) -> None:
    page = text_of(client_of(None), "route", state="VOTE")
    for state in State:
        assert str(state.label) in page
    assert page.count('class="route-back"') == 5
    assert page.count('class="route-way"') == 6
    assert "route-here" in page
    assert str(Move.PUBLISH.label) in page
