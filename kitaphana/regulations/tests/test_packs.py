"""Rules of nodes: the nearest hold, versions in force never change, papers keep what they were made under."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.core import clock
from kitaphana.core.access import Actor
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Role
from kitaphana.people.models import RoleAssignment, User
from kitaphana.people.queries import actor_of
from kitaphana.regulations import checks, errors, services
from kitaphana.regulations.models import RulePack
from kitaphana.regulations.parameters import FORMS, changed, differences, dressed, fields, problems
from kitaphana.regulations.queries import pack_on

TODAY = clock.today()


@pytest.fixture
def methodist(world: Any) -> Actor:
    """Who writes rules for the district."""
    user = User.objects.create_user("rules", "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=world.district, role=Role.METHODIST)
    return actor_of(user)


def version(actor: Actor, node: Organization, note: str = "№ 44 бұйрық", **typed: str) -> RulePack:
    """A version of a node in force from today on; ``typed`` by the last part of a field's name."""
    pack = services.draft_version(actor=actor, organization=node, subject="fund", at=clock.now(), command_id=new_id())
    named = {
        field.name: [typed[str(field.path[-1])]]
        for field in fields("fund", pack.parameters)
        if str(field.path[-1]) in typed
    }
    services.change_draft(actor=actor, pack=pack, typed=named, act="", at=clock.now(), command_id=new_id())
    return services.put_in_force(
        actor=actor, pack=pack, valid_from=TODAY, note=note, at=clock.now(), command_id=new_id()
    )


@pytest.mark.django_db
def test_the_nearest_rules_hold(world: Any, methodist: Actor) -> None:
    shipped = pack_on("fund", TODAY, world.school)
    assert shipped.organization is None
    country = version(world.administrator, world.country, commission_minimum="4")
    district = version(methodist, world.district, commission_minimum="5")
    assert pack_on("fund", TODAY, world.school) == district
    assert pack_on("fund", TODAY, world.faraway) == country
    assert pack_on("fund", TODAY) == shipped
    assert pack_on("fund", TODAY - timedelta(days=1), world.school) == shipped
    again = version(methodist, world.district, commission_minimum="6")
    assert (again.version, pack_on("fund", TODAY, world.school)) == (2, again)
    services.end_version(actor=methodist, pack=again, until=TODAY, at=clock.now())
    assert pack_on("fund", TODAY, world.school) == again
    assert pack_on("fund", TODAY + timedelta(days=1), world.school) == district


@pytest.mark.django_db
def test_which_rules_hold_is_one_statement(world: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        pack_on("fund", TODAY, world.school)


@pytest.mark.django_db
def test_a_version_in_force_never_changes(world: Any, methodist: Actor) -> None:
    pack = version(methodist, world.district, commission_minimum="5")
    with pytest.raises(errors.InForce):
        services.change_draft(actor=methodist, pack=pack, typed={}, act="", at=clock.now())
    for change in (
        lambda: RulePack.objects.filter(pk=pack.pk).update(parameters={}),
        lambda: RulePack.objects.filter(pk=pack.pk).update(valid_from=date(2020, 1, 1)),
        lambda: RulePack.objects.filter(organization=None).update(parameters={}),
        lambda: RulePack.objects.filter(pk=pack.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.django_db
def test_refusals(world: Any, methodist: Actor) -> None:
    now = clock.now()
    with pytest.raises(NotAllowed):
        services.draft_version(actor=world.librarian, organization=world.school, subject="fund", at=now)
    with pytest.raises(NotAllowed):
        services.draft_version(actor=methodist, organization=world.country, subject="fund", at=now)
    pack = services.draft_version(actor=methodist, organization=world.district, subject="fund", at=now)
    with pytest.raises(errors.DraftExists):
        services.draft_version(actor=methodist, organization=world.district, subject="fund", at=now)
    for name, value in (("commission_minimum", "0"), ("commission_minimum", "үш"), ("commission_minimum", ""),
                        ("withdrawal_reasons", "ESCAPED"), ("weeding.worn_years", "-3"), ("content_groups.0.name_kk", " ")):  # fmt: skip
        with pytest.raises(errors.BadParameter):
            services.change_draft(actor=methodist, pack=pack, typed={name: [value]}, act="", at=now)
    with pytest.raises(errors.TooEarly):
        services.put_in_force(actor=methodist, pack=pack, valid_from=TODAY - timedelta(days=1), note="x", at=now)
    with pytest.raises(errors.NoReason):
        services.put_in_force(actor=methodist, pack=pack, valid_from=TODAY, note=" ", at=now)
    assert pack_on("fund", TODAY, world.school).organization is None
    services.discard_draft(actor=methodist, pack=pack, at=now)
    assert not RulePack.objects.filter(organization=world.district).exists()


@pytest.mark.django_db
def test_the_shipped_rules_are_what_they_may_be() -> None:
    assert list(checks.invariants()) == []
    parameters = pack_on("fund", TODAY).parameters
    assert problems("fund", parameters) == []
    # Saving the form as it is says what holds and changes nothing that is shown.
    typed = {
        field.name: list(field.value or ()) if field.options else [field.typed] for field in fields("fund", parameters)
    }
    saved = changed("fund", parameters, typed)
    assert differences("fund", parameters, saved) == []
    assert changed("fund", saved, typed) == saved


@pytest.mark.django_db
@given(values=st.dictionaries(st.sampled_from(["commission_minimum", "weeding.worn_years", "textbook_life_years.7",
                                               "forms.inventory_book.title_kk"]), st.text(max_size=12)))  # fmt: skip
def test_a_form_either_fits_or_is_refused_and_changes_only_what_it_says(values: dict[str, str]) -> None:
    parameters = pack_on("fund", TODAY).parameters
    try:
        made = changed("fund", parameters, {name: [value] for name, value in values.items()})
    except errors.BadParameter:
        return
    assert problems("fund", made) == []
    assert len(differences("fund", parameters, made)) <= len(values)


def test_papers_take_their_words_from_the_rules() -> None:
    data = {"title": "Түгендеу кітабы"}
    assert dressed(data, {}, "inventory_book", "kk") == {"title": "Түгендеу кітабы", "reference": ""}
    words = {"forms": {"inventory_book": {"title_kk": "Кітапхана қорын түгендеу кітабы", "reference_kk": "1-нысан"}}}
    assert dressed(data, words, "inventory_book", "kk") == {
        "title": "Кітапхана қорын түгендеу кітабы", "reference": "1-нысан",
    }  # fmt: skip
    assert dressed(data, words, "inventory_book", "ru")["title"] == "Түгендеу кітабы"
    assert "write_off" in FORMS


# The pages


def enter(client: Any, actor: Actor) -> Any:
    user = User.objects.get(pk=actor.user_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
def test_a_methodist_corrects_a_parameter_and_a_heading(world: Any, client: Any, methodist: Actor) -> None:
    enter(client, methodist)
    node = {"node": "AKM-01"}
    answer = client.post(reverse("regulations:begin"), node | {"subject": "fund", "command_id": new_id()})
    draft = RulePack.objects.get(is_draft=True)
    address = reverse("regulations:version", args=[draft.pk])
    assert answer["Location"] == address
    facts = {"commission_minimum": "five", "weeding.worn_years": "20", "act": "Жаңа бұйрық", "action": "save"}
    refused = client.post(address, facts | {"command_id": new_id()})
    assert refused.status_code == 200
    assert b'value="five"' in refused.content  # what was typed stays
    facts |= {"commission_minimum": "5", "forms.write_off.reference_kk": "4-нысан, № 44 бұйрық"}
    client.post(address, facts | {"command_id": new_id()})
    page = client.get(address)
    assert {(one.before, one.after) for one in page.context["differences"]} == {
        ("3", "5"), ("15", "20"), ("—", "4-нысан, № 44 бұйрық"),
    }  # fmt: skip
    force = {
        "action": "put_in_force",
        "valid_from": TODAY.isoformat(),
        "note": "Қате түзетілді",
        "command_id": new_id(),
    }
    client.post(address, force)
    held = client.get(reverse("regulations:overview"), node).context["subjects"][0]["pack"]
    assert (held.pk, held.act, held.parameters["commission_minimum"]) == (draft.pk, "Жаңа бұйрық", 5)

    client.logout()
    enter(client, world.librarian)
    assert client.get(address).status_code == 200
    assert not client.get(address).context["may_end"]
    assert client.post(reverse("regulations:begin"), {"node": "S-1", "command_id": new_id()}).status_code == 403

    client.logout()
    stranger = User.objects.create_user("far", "Kitap-2026!")
    RoleAssignment.objects.create(user=stranger, organization=world.faraway, role=Role.LIBRARIAN)
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 404
