"""A district of sixty schools beside the demo, with its people and a core list that gathers proposals.

Run as a program with ``KITAPHANA_DATA`` of a demo installation; prints the facts as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

PASSWORD = "Kitap-2026!"
SCHOOLS = 60
PUPILS = 4


def build(tail: str) -> dict[str, Any]:
    """Make everything; ``tail`` keeps the codes of one run apart from another's."""
    from kitaphana.core import clock
    from kitaphana.core.access import SYSTEM
    from kitaphana.corelist import services as lists
    from kitaphana.corelist.enums import Side
    from kitaphana.corelist.services import CriterionFacts, ListFacts
    from kitaphana.organizations import services as organizations
    from kitaphana.organizations.enums import OrganizationKind as Kind
    from kitaphana.organizations.models import Organization
    from kitaphana.organizations.services import Details
    from kitaphana.people import services as people
    from kitaphana.people.enums import Category, Role
    from kitaphana.people.models import SchoolClass, User
    from kitaphana.people.services.readers import PersonDetails

    at = clock.now() - timedelta(days=1)
    country = Organization.objects.get(code="KZ")
    district = organizations.add_node(
        actor=SYSTEM, parent=Organization.objects.get(code="TUR"), kind=Kind.DISTRICT,
        details=Details(code=f"TUR-{tail}", name_kk=f"Сарыжайлау ауданы {tail}"), at=at,
    )  # fmt: skip
    schools = [
        organizations.add_node(
            actor=SYSTEM, parent=district, kind=Kind.SCHOOL, at=at, is_library=True,
            details=Details(code=f"SAR-{tail}-{number:02d}", name_kk=f"Сарыжайлау № {number} мектебі ({tail})"),
        )
        for number in range(1, SCHOOLS + 1)
    ]  # fmt: skip
    year, card = clock.school_year(clock.today()), ""
    for place, school in enumerate(schools):
        school_class = SchoolClass.objects.create(library=school, school_year=year, grade=6, letter="А")
        for number in range(PUPILS):
            pupil = people.register_reader(
                actor=SYSTEM, library=school, category=Category.PUPIL, school_class=school_class, at=at,
                person=PersonDetails(surname=f"Сарыжайлаулы{'абвг'[number]}", given_name=f"Ертай{place}"),
            )  # fmt: skip
            card = card or pupil.card_number
    logins = {}
    for role, node in (
        (Role.LIBRARIAN, schools[0]),
        (Role.METHODIST, district),
        (Role.DEPARTMENT, district),
    ):
        login = f"way-{role.lower()}-{tail}"
        people.create_account(actor=SYSTEM, organization=node, role=role, login=login, password=PASSWORD, at=at)
        logins[role.lower()] = login
    keeper = User.objects.get(login="list-keeper")
    core_list = lists.make_list(
        actor=SYSTEM,
        organization=country,
        # One list a level, language and age: the ages tell the runs apart.
        facts=ListFacts(
            "BASIC", "kaz", 5 + int(tail) % 7, 16 + int(tail) % 11, f"Сынақ тізбесі {tail}", quorum_percent=60
        ),
        at=at,
    )
    lists.set_criteria(
        actor=SYSTEM, core_list=core_list, criteria=[CriterionFacts("Көркемдігі", 60), CriterionFacts("Жасына сай", 40)],
        at=at,
    )  # fmt: skip
    experts = ["expert", "expert-2", "expert-3"]
    for login in experts:
        lists.appoint_expert(actor=SYSTEM, core_list=core_list, user=User.objects.get(login=login), at=at)
    for login, side in (("ministry", Side.EDUCATION), ("ministry-culture", Side.CULTURE)):
        lists.name_approver(actor=SYSTEM, core_list=core_list, user=User.objects.get(login=login), side=side, at=at)
    lists.begin_version(actor=SYSTEM, core_list=core_list, at=at)
    return {
        "district": district.code,
        "schools": [school.code for school in schools],
        "list": core_list.pk,
        "list_name": core_list.name_kk,
        "keeper": keeper.login,
        "experts": experts,
        "card": card,
        **logins,
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "kitaphana.project.settings"
    import django

    django.setup()
    from django.db import transaction

    with transaction.atomic():
        facts = build(sys.argv[1])
    json.dump(facts, sys.stdout, ensure_ascii=False)
