"""The demo's core lists: three published by the country, the next versions on different places of the route."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.core.access import SYSTEM, Actor
from kitaphana.corelist import queries
from kitaphana.corelist import services as lists
from kitaphana.corelist.enums import Choice, EntryKind, GroupRole, Move, ProposalState, Side, State
from kitaphana.corelist.models import CoreList, Criterion, Proposal, Version
from kitaphana.corelist.services import CriterionFacts, GroupFacts, ListFacts, ProposalFacts
from kitaphana.organizations.models import Organization
from kitaphana.people import services as people
from kitaphana.people.enums import Category, Role
from kitaphana.people.models import Membership, Person, User
from kitaphana.people.queries import actor_of
from kitaphana.people.services.readers import PersonDetails, fill_person

PASSWORD = "Kitap-2026!"  # noqa: S105 - told to everyone who starts the demo

SHAPES = (
    ("PRIMARY", 6, 10, (1, 4), "Бастауыш сыныптарға арналған негізгі тізбе", "Основной перечень для начальных классов",
     "Core list for primary grades"),
    ("BASIC", 10, 15, (5, 9), "5–9-сыныптарға арналған негізгі тізбе", "Основной перечень для 5–9 классов",
     "Core list for grades 5–9"),
    ("GENERAL", 15, 18, (10, 11), "10–11-сыныптарға арналған негізгі тізбе", "Основной перечень для 10–11 классов",
     "Core list for grades 10–11"),
)  # fmt: skip
CRITERIA = (
    CriterionFacts("Көркемдік және танымдық деңгейі", 40, "Художественный и познавательный уровень", "Literary and educational level"),
    CriterionFacts("Оқырман жасына сәйкестігі", 35, "Соответствие возрасту читателя", "Fitness for the reader's age"),
    CriterionFacts("Оқу бағдарламасымен байланысы", 25, "Связь с учебной программой", "Tie to the curriculum"),
)  # fmt: skip
REASONS = (
    "Оқу бағдарламасында бар, кітапханада сұраныс жоғары.",
    "Жас ерекшелігіне сай, тілі көркем.",
    "Оқушылардың сыныптан тыс оқуына қажет.",
)
PUBLISHED_TITLES = 12
"""Titles of each first version."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who works on the lists."""

    keeper: Actor
    education: Actor
    culture: Actor
    experts: tuple[Actor, ...]
    librarian: Actor


def _person(surname: str, given_name: str, patronymic: str) -> Person:
    person = Person()
    fill_person(person, PersonDetails(surname=surname, given_name=given_name, patronymic=patronymic))
    person.save()
    return person


def _account(login: str, node: Organization, role: Role, person: Person, at: datetime) -> Actor:
    """An account with a name; one that the demo has already gets the name."""
    user = User.objects.filter(login=login).first()
    if user is None:
        user = people.create_account(
            actor=SYSTEM, organization=node, role=role, login=login, password=PASSWORD, person=person, at=at
        ).user
    elif user.person is None:
        user.person = person
        user.save(update_fields=["person"])
    return actor_of(user)


def _user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id or 0)


def _cast(country: Organization, schools: Sequence[Organization], at: datetime) -> Cast:
    teachers = [
        membership.person
        for school in schools
        for membership in Membership.objects.filter(
            library=school, category=Category.TEACHER, left_on__isnull=True, person__user__isnull=True
        )
        .select_related("person")
        .order_by("pk")[:2]
    ]
    return Cast(
        keeper=_account("list-keeper", country, Role.METHODIST, _person("Сағынбекова", "Айгүл", "Маратқызы"), at),
        education=_account("ministry", country, Role.MINISTRY, _person("Жұмаділов", "Ерлан", "Серікұлы"), at),
        culture=_account("ministry-culture", country, Role.MINISTRY, _person("Тоқтарова", "Гүлнар", "Асқарқызы"), at),
        experts=tuple(
            _account(login, country, Role.EXPERT, person, at)
            for login, person in zip(("expert", "expert-2", "expert-3", "expert-4", "expert-5"), teachers, strict=False)
        ),
        librarian=actor_of(User.objects.get(login="librarian")),
    )


def build(country: Organization, schools: Sequence[Organization], records: Sequence[Record], today: date) -> int:
    """Make three lists with a first version each; the next ones gather, are scored, voted on or signed.

    :returns: titles published.
    """
    begun = timezone.make_aware(datetime.combine(today - timedelta(days=420), time(10)))
    cast = _cast(country, schools, begun)
    group = lists.save_group(
        actor=cast.keeper,
        organization=country,
        facts=GroupFacts(
            name_kk="Негізгі әдебиет тізбесі жөніндегі жұмыс тобы",
            name_ru="Рабочая группа по перечню основной литературы",
            name_en="Working group on the list of core literature",
            mandate="Мектеп кітапханаларына арналған отандық, шетел және пәндік әдебиетті анықтап, тізбені толықтырады.",
            from_on=begun.date(),
        ),
        at=begun,
    )
    roles = (GroupRole.CHAIR, GroupRole.SECRETARY, GroupRole.MEMBER)
    members = [
        lists.add_member(
            actor=cast.keeper,
            group=group,
            user=_user(actor),
            role=role,
            position="мұғалім",
            on=begun.date(),
            at=begun,
        )
        for actor, role in zip(cast.experts, roles, strict=False)
    ]
    meeting = lists.save_meeting(
        actor=cast.keeper,
        group=group,
        on=begun.date(),
        agenda="1. Жұмыс жоспары. 2. Бағалау өлшемшарттары.",
        minutes="1. Жоспар бекітілсін. 2. Үш өлшемшарт пен олардың салмағы қабылдансын.",
        attendees=members,
        at=begun,
    )
    lists.sign_minutes(actor=cast.keeper, meeting=meeting, at=begun)
    ends = (State.VOTE, State.REVIEW, State.EDUCATION)
    total = 0
    for (level, low, high, grades, kk, ru, en), end in zip(SHAPES, ends, strict=True):
        core_list = lists.make_list(
            actor=cast.keeper,
            organization=country,
            facts=ListFacts(level, "kaz", low, high, kk, ru, en, quorum_percent=60),
            group=group,
            at=begun,
        )
        _people(cast, core_list, begun)
        fitting = list(_fitting(records, low, high))
        first, more = fitting[:PUBLISHED_TITLES], fitting[PUBLISHED_TITLES : PUBLISHED_TITLES + 5]
        version = lists.begin_version(actor=cast.keeper, core_list=core_list, at=begun)
        for number, record in enumerate(first):
            _propose(cast.librarian, core_list, record, grades, number, begun + timedelta(days=number))
        _lead(cast, version, State.PUBLISHED, begun + timedelta(days=30))
        total += len(first)
        _next_version(cast, core_list, first, more, grades, end, today)
    return total


def _people(cast: Cast, core_list: CoreList, at: datetime) -> None:
    lists.set_criteria(actor=cast.keeper, core_list=core_list, criteria=CRITERIA, at=at)
    for expert in cast.experts:
        lists.appoint_expert(actor=cast.keeper, core_list=core_list, user=_user(expert), at=at)
    for actor, side in ((cast.education, Side.EDUCATION), (cast.culture, Side.CULTURE)):
        user = _user(actor)
        lists.name_approver(actor=cast.keeper, core_list=core_list, user=user, side=side, at=at)


def _fitting(records: Sequence[Record], low: int, high: int) -> Iterator[Record]:
    """Works in Kazakh that readers of these ages begin to read; foreign and subject ones among them."""
    for record in records:
        begins = record.age_from or 0
        from_the_youngest = low == SHAPES[0][1] and begins < low
        if record.kind == RecordKind.BOOK and record.language == "kaz" and (low <= begins <= high or from_the_youngest):
            yield record


def _kind(record: Record) -> str:
    if record.udc.startswith(("821.512", "398")):
        return EntryKind.DOMESTIC
    return EntryKind.FOREIGN if record.udc.startswith("82") else EntryKind.SUBJECT


def _propose(
    actor: Actor, core_list: CoreList, record: Record, grades: tuple[int, int], number: int, at: datetime
) -> Proposal:
    low, high = grades
    first = min(high, max(low, (record.age_from or 0) - 6))
    facts = ProposalFacts(
        record=record,
        kind=_kind(record),
        grade_from=first,
        grade_to=min(high, first + 1),
        norm_per_pupils=(10, 15, 25)[number % 3],
        reason=REASONS[number % 3],
    )
    return lists.propose(actor=actor, core_list=core_list, facts=facts, at=at)


def _open_to(expert: Actor, version: Version) -> QuerySet[Proposal, Proposal]:
    """Titles that the expert may judge: those without a declared conflict."""
    rows = queries.proposals_of(version).filter(state=ProposalState.OPEN)
    return rows.exclude(conflicts__expert__user=expert.user_id or 0)


def _score(cast: Cast, version: Version, at: datetime, *, sheets: int) -> None:
    """The first so many experts fill their sheets; the next one is in the middle of theirs."""
    criteria = list(Criterion.objects.filter(core_list=version.core_list_id).order_by("position"))
    for place, expert in enumerate(cast.experts[: sheets + 1]):
        open_ones = _open_to(expert, version)
        titles = list(open_ones if place < sheets else open_ones[:2])
        for number, proposal in enumerate(titles):
            for offset, criterion in enumerate(criteria):
                points = 6 + (number * 3 + place * 2 + offset) % 5
                lists.score(actor=expert, proposal=proposal, criterion=criterion, points=points, at=at)


def _vote(cast: Cast, version: Version, at: datetime, *, voters: int) -> None:
    for place, expert in enumerate(cast.experts[:voters]):
        for number, proposal in enumerate(_open_to(expert, version)):
            choice = Choice.NO if number == 3 and place else Choice.ABSTAIN if (number, place) == (1, 2) else Choice.YES
            # The first version is what everybody agreed on; later ones are argued about.
            lists.vote(actor=expert, proposal=proposal, choice=choice if version.number > 1 else Choice.YES, at=at)


def _lead(cast: Cast, version: Version, end: State, at: datetime) -> None:
    """Take the version along the route as far as asked, with scores and votes on the way."""
    ways = (
        (State.DRAFT, Move.OPEN_REVIEW, cast.keeper), (State.REVIEW, Move.OPEN_VOTE, cast.keeper),
        (State.VOTE, Move.CLOSE_VOTE, cast.keeper), (State.EDUCATION, Move.APPROVE, cast.education),
        (State.CULTURE, Move.APPROVE, cast.culture), (State.APPROVED, Move.PUBLISH, cast.keeper),
    )  # fmt: skip
    for number, (state, move, actor) in enumerate(ways):
        moment = at + timedelta(days=3 * number)
        is_last = state == end
        if state == State.REVIEW:
            _score(cast, version, moment, sheets=2 if is_last else len(cast.experts))
        if state == State.VOTE:
            _vote(cast, version, moment, voters=2 if is_last else len(cast.experts))
        if is_last:
            return
        lists.take_step(actor=actor, version=version, move=move, at=moment)
        version.refresh_from_db()


def _next_version(
    cast: Cast,
    core_list: CoreList,
    first: list[Record],
    more: list[Record],
    grades: tuple[int, int],
    end: State,
    today: date,
) -> None:
    """Version 2: new titles, a changed norm, one to take out, one merged, one put off, a discussion, a conflict."""
    at = timezone.make_aware(datetime.combine(today - timedelta(days=24), time(11)))
    version = lists.begin_version(actor=cast.keeper, core_list=core_list, at=at)
    made = [
        _propose(cast.librarian if number % 2 else cast.experts[number % 3], core_list, record, grades, number, at)
        for number, record in enumerate(more)
    ]
    changed = ProposalFacts(
        record=first[0], kind=_kind(first[0]), grade_from=grades[0], grade_to=grades[1], norm_per_pupils=5,
        reason="Сыныппен бірге оқылады, дана жетпейді.",
    )  # fmt: skip
    lists.propose(actor=cast.librarian, core_list=core_list, facts=changed, at=at)
    removed = ProposalFacts(change="REMOVE", record=first[-1], reason="Басылым ескірген, жаңасы күтілуде.")
    lists.propose(actor=cast.keeper, core_list=core_list, facts=removed, at=at)
    twin = ProposalFacts(
        title=more[0].title, author="; ".join(more[0].authors), grade_from=grades[0], reason="Балалар сұрайды."
    )
    double = lists.propose(actor=cast.librarian, core_list=core_list, facts=twin, at=at)
    lists.merge_proposal(actor=cast.keeper, proposal=double, into=made[0], at=at)
    lists.defer_proposal(actor=cast.keeper, proposal=made[-1], reason="Жаңа басылымы күтілуде.", at=at)
    for actor, text in (
        (cast.librarian, "Бізде бұл кітапқа кезек бар, дана аз."),
        (cast.experts[1], "Тілі жеңіл, осы жасқа лайық."),
    ):
        lists.comment(actor=actor, proposal=made[0], text=text, at=at + timedelta(days=1))
    lists.declare_conflict(
        actor=cast.experts[1], proposal=made[1], reason="Осы басылымның редакторы болдым.", at=at + timedelta(days=2)
    )
    _lead(cast, version, end, at + timedelta(days=4))
