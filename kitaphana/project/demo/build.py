"""Puts the demo together and writes ``demo.json`` for scripts."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from kitaphana.catalog import services as catalog
from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.circulation import services as circulation
from kitaphana.circulation.models import Loan
from kitaphana.core import clock, ids
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError
from kitaphana.formats import iso2709
from kitaphana.fund.enums import FundType, ReceiptSource
from kitaphana.fund.models import Copy
from kitaphana.indicators import rollups
from kitaphana.organizations.models import Organization
from kitaphana.people import services as people
from kitaphana.people.enums import Role
from kitaphana.people.models import Membership, User
from kitaphana.project import options
from kitaphana.project.demo import (
    campaigns,
    editions,
    life,
    lists,
    mailings,
    network,
    periodicals,
    plans,
    purchases,
    reading,
    reports,
    roadmap,
    sets,
    submissions,
    textbooks,
    union,
)
from kitaphana.project.demo import people as crowd
from kitaphana.textbooks import provision

PASSWORD = "Kitap-2026!"  # noqa: S105 - told to everyone who starts the demo
LOANS_A_DAY = (5.0, 2.5, 0.8)

Tell = Callable[[str], None]


def _at(day: date, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def build(*, tell: Tell) -> dict[str, Any]:
    """Make the demo in an empty, migrated database; returns what ``demo.json`` holds."""
    maker = random.Random(2026)  # noqa: S311 - the demo is the same every time
    today = clock.today()
    this_year = clock.school_year(today)
    start = date(this_year - 2, 9, 2)
    tell("network: 20 regions, 2 districts, 5 libraries")
    net = network.build(at=_at(start), first_year=start.year, last_year=today.year + 1)
    tell("catalogue: works of literature and textbooks")
    records = _import(net.schools[0], start)
    tell("textbook sets of two years")
    sets.build(net.country, [this_year - 2, this_year - 1, this_year], records, _at(start))
    tell("reading list")
    reading.build(net.country, this_year - 2, _at(start))
    for school, shape, loans_a_day in zip(net.schools, crowd.SHAPES, LOANS_A_DAY, strict=True):
        tell(f"{school.code}: readers, acts, two years of lending")
        _two_years(school, shape, records, loans_a_day, start=start, today=today, maker=maker)
    reading.read_some(net.schools[0], _at(today, 8))
    tell("accounts")
    facts = {
        "base_url": f"http://127.0.0.1:{options.get('PORT')}",
        "users": _accounts(net, at=_at(today, 8)),
        "libraries": [_library_facts(node) for node in (*net.schools, *net.others)],
    }
    tell("core lists: published ones and the next versions on their way")
    lists.build(net.country, net.schools, records, today)
    tell("textbook orders, coverage of the lists and a plan")
    plans.build(net.schools, net.district, at=_at(today, 9))
    tell("purchases: budgets, prices, an estimate, an order that begins to come")
    purchases.build(net.district, at=_at(today, 9))
    tell("«Give a book»: a campaign, promises, a gift")
    campaigns.build(net.district, at=_at(today, 9))
    tell("roadmap: targets, values with evidence")
    roadmap.build(net.country, at=_at(today, 9))
    tell("own reports")
    reports.build(at=_at(today, 9))
    tell("reports submitted")
    submissions.build(net.country, net.schools, at=_at(today, 9))
    tell("letters")
    mailings.build(net.country, net.district, net.schools, at=_at(today, 9))
    tell("union catalogue: names in all spellings, a proposal, the quality of the records")
    union.build(net.schools[1], at=_at(today, 9))
    tell("periodicals: subscriptions, issues that came, an article")
    periodicals.build(net.schools[0], at=_at(today, 9))
    tell("indicators of every month")
    rollups.count_all(date(start.year, 1, 1), today)
    path = settings.DATA / "demo.json"
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return facts


def _import(library: Organization, day: date) -> list[Record]:
    data = io.BytesIO(b"".join(iso2709.write(one) for one in (*editions.works(), *editions.textbooks())))
    report = catalog.import_marc(
        actor=SYSTEM,
        library=library,
        stream=data,
        file_name="demo.mrc",
        format="marc21",
        at=_at(day - timedelta(days=9)),
    )
    if report.rejected:
        raise RuntimeError(f"the demo's own records were rejected: {report.rejected}")
    return list(Record.objects.order_by("id"))


def _two_years(
    school: Organization,
    shape: crowd.Shape,
    records: list[Record],
    loans_a_day: float,
    *,
    start: date,
    today: date,
    maker: random.Random,
) -> None:
    literature = [record for record in records if record.kind != RecordKind.TEXTBOOK]
    schoolbooks = [record for record in records if record.kind == RecordKind.TEXTBOOK]
    crowd.populate(school, shape, school_year=start.year, at=_at(start), maker=maker)
    share = maker.sample(
        literature, k=int(len(literature) * (0.85 if shape.pupils > 10 else 0.6 if shape.letters else 0.35))
    )
    most = 4 if shape.pupils > 10 else 2
    core, book = FundType.CORE, FundType.TEXTBOOK
    life.receive(school, share, on=start, source=ReceiptSource.LOCAL_BUDGET, kind=core, most=most, maker=maker)
    life.receive(
        school,
        maker.sample(schoolbooks, k=12),
        on=start,
        source=ReceiptSource.LOCAL_BUDGET,
        kind=book,
        most=10,
        maker=maker,
    )
    for year in range(start.year, today.year + 1):
        first = start if year == start.year else date(year, 9, 1)
        last = min(date(year + 1, 8, 31), today)
        if first > today or year > clock.school_year(today):
            break
        if year > start.year:
            people.promote_classes(actor=SYSTEM, library=school, school_year=year, at=_at(date(year, 8, 25)))
            crowd.enroll_first_grade(school, shape, school_year=year, at=_at(date(year, 8, 28)), maker=maker)
            crowd.re_register(school, at=_at(first, 9))
            life.receive(
                school, maker.sample(literature, k=15), on=first, source=ReceiptSource.NATIONAL_BUDGET, kind=core, most=2,
                maker=maker,
            )  # fmt: skip
        textbooks.buy(school, year, on=first, maker=maker)
        textbooks.issue(school, year, on=first, maker=maker)
        winter = date(year, 12, 20)
        life.lend_and_return(school, first=first, last=min(winter, last), loans_a_day=loans_a_day, maker=maker)
        if winter < last:
            life.write_off_worn(school, on=winter, count=6 if most > 2 else 2, maker=maker)
            spring = date(year + 1, 2, 10)
            life.receive(
                school,
                maker.sample(literature, k=6),
                on=spring,
                source=ReceiptSource.GIFT,
                kind=core,
                most=1,
                maker=maker,
            )
            life.lend_and_return(
                school, first=winter + timedelta(days=1), last=last, loans_a_day=loans_a_day, maker=maker
            )
        if (may := date(year + 1, 5, 26)) <= today:
            textbooks.take_back(school, on=may, maker=maker)
    provision.count(school, clock.school_year(today), at=_at(today, 8))
    _some_holds(school, today=today, maker=maker)


def _some_holds(school: Organization, *, today: date, maker: random.Random) -> None:
    """Readers wait for a few titles that are all lent."""
    lent = Loan.objects.filter(library=school, returned_at__isnull=True).select_related("copy__record").order_by("-id")
    readers = list(Membership.objects.filter(library=school, left_on__isnull=True).select_related("person"))
    for loan in lent[:4]:
        try:
            circulation.place_hold(
                actor=SYSTEM, library=school, record=loan.copy.record, person=maker.choice(readers).person,
                at=_at(today, 9), command_id=ids.new_id(),
            )  # fmt: skip
        except DomainError:
            continue


def _accounts(net: network.Network, *, at: datetime) -> dict[str, dict[str, str]]:
    gymnasium = net.schools[0]
    places = {
        Role.LIBRARIAN: gymnasium,
        Role.DIRECTOR: gymnasium,
        Role.METHODIST: net.district,
        Role.DEPARTMENT: net.region,
        Role.EXPERT: net.country,
        Role.MINISTRY: net.country,
        Role.ADMINISTRATOR: net.country,
    }
    reader = _lendable_readers(gymnasium)[0]
    users = {}
    for role, place in ((Role.READER, gymnasium), *places.items()):
        account = people.create_account(
            actor=SYSTEM, organization=place, role=role, login=role.lower(), password=PASSWORD, at=at,
            person=reader.person if role == Role.READER else None,
        )  # fmt: skip
        users[role.lower()] = {
            "login": account.user.login,
            "password": PASSWORD,
            "token": people.make_token(User.objects.get(pk=account.user.pk), name="demo", at=at),
        }
    return users


def _lendable_readers(library: Organization) -> list[Membership]:
    """Active readers without loans or holds, teachers last: nothing stands in their way."""
    busy = Loan.objects.filter(returned_at__isnull=True).values("person_id")
    return list(
        Membership.objects.filter(library=library, left_on__isnull=True, valid_until__gte=clock.today())
        .exclude(person_id__in=busy)
        .exclude(person__holds__state__in=["WAITING", "READY"])
        .select_related("person")
        .order_by("category", "id")[:10]
    )


def _library_facts(library: Organization) -> dict[str, Any]:
    """Code and names; for a school also ten cards of active readers and ten barcodes that can be lent to them."""
    facts: dict[str, Any] = {
        "code": library.code,
        "name_kk": library.name_kk,
        "name_ru": library.name_ru,
        "name_en": library.name_en,
    }
    cards = [membership.card_number for membership in _lendable_readers(library)]
    if cards:
        shelf = (
            Copy.objects.filter(library=library, state="IN_FUND", fund=FundType.CORE, is_reference=False)
            .exclude(loans__returned_at__isnull=True, loans__isnull=False)
            .exclude(record__in=Loan.objects.none().values("copy__record"))
            .order_by("id")
        )
        facts["cards"] = cards
        facts["barcodes"] = [copy.barcode for copy in _without_queue(library, shelf)][:10]
    return facts


def _without_queue(library: Organization, shelf: Any) -> list[Copy]:
    from kitaphana.circulation.models import Hold

    wanted = Hold.objects.filter(library=library, state__in=["WAITING", "READY"]).values("record_id")
    return list(shelf.exclude(record_id__in=wanted)[:10])
